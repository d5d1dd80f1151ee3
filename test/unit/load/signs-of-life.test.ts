import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { redactionOf } from '../../../src/redaction/index.ts';
import { say, withPulse } from '../../../src/load/signs-of-life.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const redaction = redactionOf(['canary']);

/** The details of each heartbeat that the activity gave. */
async function heartbeatsOf(activity: () => Promise<void>): Promise<unknown[]> {
  const environment = new MockActivityEnvironment();
  const heartbeats: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => heartbeats.push(details));
  await environment.run(() => withPulse(redaction, activity));
  return heartbeats;
}

it('the pulse of an activity repeats what it said last, so that it stays to be seen', async () => {
  const heartbeats = await heartbeatsOf(async () => {
    await vi.advanceTimersByTimeAsync(2_000);
    say({ rows: 10 });
    await vi.advanceTimersByTimeAsync(4_000);
    say({ rows: 20 });
    await vi.advanceTimersByTimeAsync(2_000);
  });
  expect(heartbeats).toEqual([
    undefined,
    { rows: 10 },
    { rows: 10 },
    { rows: 10 },
    { rows: 20 },
    { rows: 20 },
  ]);
});

it('no secret is in what an activity says, nor in its pulse', async () => {
  const heartbeats = await heartbeatsOf(async () => {
    say({ rows: 10, next: ['canary'] });
    await vi.advanceTimersByTimeAsync(2_000);
  });
  expect(heartbeats).toEqual([
    { rows: 10, next: ['***'] },
    { rows: 10, next: ['***'] },
  ]);
});

it('what one activity says is not in the pulse of another, and ends with it', async () => {
  const [speaking, silent] = await Promise.all([
    heartbeatsOf(async () => {
      say('mine');
      await vi.advanceTimersByTimeAsync(2_000);
    }),
    heartbeatsOf(() => Promise.resolve()),
  ]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(speaking).toEqual(['mine', 'mine']);
  expect(silent).toEqual([]);
});

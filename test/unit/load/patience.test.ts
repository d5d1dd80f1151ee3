import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { patience, type Progress } from '../../../src/load/patience.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const SHORT = { firstPauseMs: 1 };

/** Runs an activity. `said`: the details of its heartbeats. */
function running<T>(activity: () => Promise<T>) {
  const environment = new MockActivityEnvironment();
  const said: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => said.push(details));
  return { said, result: environment.run(activity), cancel: () => environment.cancel() };
}

test('a wait looks again until there is what it waits for, and says meanwhile what is missing', async () => {
  const looks: Progress<number>[] = [{ missing: 'two' }, { missing: 'one' }, { reached: 7 }];
  const { said, result } = running(() =>
    patience(SHORT)('RUN_NOT_DONE', async () => looks.shift() ?? { reached: 0 }),
  );
  expect(await result).toBe(7);
  expect(said).toEqual(['two', 'one']);
});

test('all waits of one try share its patience of 5 s, and the one that is left fails with what is missing', async () => {
  const started = Date.now();
  const { result } = running(async () => {
    const until = patience(SHORT);
    const looked = (missing: string, doneMs: number) => async () => {
      vi.setSystemTime(Date.now() + 1_000);
      return Date.now() - started >= doneMs ? { reached: true } : { missing };
    };
    await until('STREAM_NOT_DRAINED', looked('the first', 4_000));
    await until('STREAM_NOT_DRAINED', looked('the second', 60_000));
  });
  await expect(result).rejects.toMatchObject({ code: 'STREAM_NOT_DRAINED', message: 'the second' });
  expect(Date.now() - started).toBe(6_000);
});

test('a cancel ends a wait at once', async () => {
  const { result, cancel } = running(() =>
    patience({ firstPauseMs: 60_000 })('RUN_NOT_DONE', async () => ({ missing: 'all' })),
  );
  setImmediate(cancel);
  await expect(result).rejects.toMatchObject({ name: 'AbortError' });
});

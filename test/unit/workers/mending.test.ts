import { expect, test } from 'vitest';
import { startMending } from '../../../src/workers/mending.ts';
import { CLICKS } from '../../support/clicks.ts';
import { intakeOf } from '../../support/intake-of.ts';
import { waitUntil } from '../../support/wait-until.ts';

const EMPTIED = { parts: [{ written: 5n, low: 6n, from: 5 }] };

/** What it says, while it looks after these streams. */
function mendingOf({ deps }: ReturnType<typeof intakeOf>, ...streams: string[]) {
  const said: [string, unknown][] = [];
  const say = (fields: object, message: string) =>
    void said.push([message, (fields as { stream?: string }).stream]);
  const log = { info: say, warn: say, error: say };
  const all = async () => streams.map((name) => ({ ...CLICKS, name }));
  return { said, mending: startMending(deps, all, log) };
}

test('where Druid was reset, the log says of which stream and partition', async () => {
  const intake = intakeOf([EMPTIED]);
  const { said, mending } = mendingOf(intake, 'clicks');
  await waitUntil(() => said.length > 0, { timeoutMs: 4_500 });
  await mending.stop();
  expect(said).toEqual([
    [expect.stringContaining('The supervisor was reset to offset 6; no event is lost'), 'clicks'],
  ]);
  expect(intake.resets).toEqual([{ 0: 6n }]);
});

test('a stream that cannot be looked at keeps no other from it', async () => {
  const intake = intakeOf([EMPTIED]);
  intake.deps.druid.supervisorStatus = () => Promise.reject(new Error('Druid is away'));
  const { said, mending } = mendingOf(intake, 'clicks', 'views');
  await waitUntil(() => said.length === 2, { timeoutMs: 2_000, saw: () => JSON.stringify(said) });
  await mending.stop();
  expect(said.map(([, stream]) => stream)).toEqual(['clicks', 'views']);
});

test('a Druid that does not answer holds nobody up who stops', async () => {
  const intake = intakeOf([EMPTIED]);
  let isAsked = false;
  intake.deps.druid.supervisorStatus = () => {
    isAsked = true;
    return new Promise(() => undefined);
  };
  const { mending } = mendingOf(intake, 'clicks');
  await waitUntil(() => isAsked, { timeoutMs: 2_000 });
  const began = performance.now();
  await mending.stop();
  expect(performance.now() - began).toBeLessThan(3_000);
});

import { expect, test } from 'vitest';
import { heldUpIn } from '../../../src/intake/held-up.ts';
import { standingOf } from '../../../src/intake/standing.ts';
import { CLICKS } from '../../support/clicks.ts';
import { intakeOf, type Moment, noLongerAvailable } from '../../support/intake-of.ts';

const NOW = Date.parse('2026-11-24T23:00:00Z');
const SECONDS = 1_000;

/** What holds Druid up, where it was not seen to move in any partition. */
async function heldUp(moment: Moment, { arrivedMs = 0, settledMs = 0 } = {}) {
  const { deps } = intakeOf([moment], { arrivedMs, settledMs });
  const standing = await standingOf(deps, CLICKS);
  if (standing === undefined) throw new Error('there is a supervisor');
  return heldUpIn(deps, standing, standing.partitions, NOW);
}

const BEHIND: Moment = {
  parts: [
    { written: 9n, from: 0, to: 4 },
    { written: 3n, to: 3 },
  ],
};

test('an event that Druid has not read holds it up once it is 20 s old', async () => {
  expect(await heldUp(BEHIND, { arrivedMs: NOW - 19 * SECONDS })).toEqual([]);
  const arrivedMs = NOW - 20 * SECONDS;
  const stands = { kind: 'stands', partition: 0, at: 4n, offset: '4', arrivedMs };
  expect(await heldUp(BEHIND, { arrivedMs })).toEqual([stands]);
});

test('a Druid that began less than 30 s ago is held up by no event', async () => {
  expect(await heldUp(BEHIND, { settledMs: NOW - 29 * SECONDS })).toEqual([]);
  expect(await heldUp(BEHIND, { settledMs: NOW - 30 * SECONDS })).toHaveLength(1);
});

test('events that are gone hold Druid up at once, however new it is', async () => {
  const gone = { parts: [{ written: 9n, low: 7n, from: 4 }] };
  expect(await heldUp(gone, { settledMs: NOW })).toEqual([
    { kind: 'gone', partition: 0, at: 4n, low: 7n, lostTo: 7n },
  ]);
});

test('where our consumer has no position, what is gone may have held events', async () => {
  const expired = { isUncommitted: true, low: 7n };
  expect(await heldUp({ parts: [expired], error: noLongerAvailable(0, 5) })).toEqual([
    { kind: 'gone', partition: 0, at: 5n, low: 7n, lostTo: 7n },
  ]);
});

test('an open transaction that hides what was written holds Druid up', async () => {
  const hidden = { parts: [{ written: 9n, high: 4n, from: 0, to: 4 }] };
  expect(await heldUp(hidden)).toEqual([{ kind: 'hidden', partition: 0, at: 4n, written: 9n }]);
});

test('a marker that is gone holds up who has no task, and no task that reads', async () => {
  const marker = { written: 9n, low: 10n };
  expect(await heldUp({ parts: [{ ...marker, from: 9 }] })).toEqual([]);
  expect(await heldUp({ parts: [marker], error: noLongerAvailable(0, 9) })).toEqual([
    { kind: 'gone', partition: 0, at: 9n, low: 10n, lostTo: undefined },
  ]);
});

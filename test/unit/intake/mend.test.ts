import { expect, test } from 'vitest';
import { mend } from '../../../src/intake/mend.ts';
import { CLICKS } from '../../support/clicks.ts';
import { intakeOf, type Moment, noLongerAvailable } from '../../support/intake-of.ts';

/** Of partition 0 retention has taken all that was written, the last record at 4 and its marker at 5; Druid read it. */
const EMPTIED = { written: 5n, low: 6n, from: 5 };
const HELD: Moment = { parts: [EMPTIED, { written: 9n, from: 3, to: 9 }] };

const resetsOf = async (...moments: Moment[]) => {
  const { deps, resets } = intakeOf(moments);
  await mend(deps, CLICKS, new AbortController().signal);
  return resets;
};

test.concurrent('Druid goes on at the first offset that is left where its place is gone', async () => {
  expect(await resetsOf(HELD)).toEqual([{ 0: 6n }]);
});

test.concurrent(
  'Druid goes on, too, where it did not even begin a task at a place that is gone',
  async () => {
    expect(await resetsOf({ ...HELD, error: noLongerAvailable(0, 5) })).toEqual([{ 0: 6n }]);
  },
);

test.concurrent('a partition without any clean event is mended: only what was aborted is gone', async () => {
  const aborted = { written: 0n, counted: 0, low: 4n, from: 2 };
  expect(await resetsOf({ parts: [aborted] })).toEqual([{ 0: 4n }]);
});

test.concurrent(
  'of a partition without a position of our consumer, nobody knows what Druid lacks',
  async () => {
    expect(await resetsOf({ parts: [EMPTIED, { isUncommitted: true, low: 7n, from: 5 }] })).toEqual([
      { 0: 6n },
    ]);
  },
);

test.concurrent('nothing is reset where Druid has moved between two looks', async () => {
  const moved = { parts: [{ ...EMPTIED, written: 7n, to: 7 }] };
  expect(await resetsOf(HELD, moved)).toEqual([]);
});

test.concurrent.each<[string, Moment]>([
  ['Druid had not read all', { parts: [{ ...EMPTIED, from: 4 }] }],
  ['it had not, and could not begin', { parts: [EMPTIED], error: noLongerAvailable(0, 4) }],
  ['an event has come since', { parts: [{ ...EMPTIED, written: 7n }] }],
  ['its place is there', { parts: [{ ...EMPTIED, low: 5n }] }],
  ['somebody suspended it', { ...HELD, isSuspended: true }],
  ['a task still publishes', { ...HELD, isPublishing: true }],
  ['a task alone holds events of another partition', { parts: [EMPTIED, { low: 5n, from: 3, to: 9 }] }],
  ['a task alone holds events of that partition', { parts: [{ ...EMPTIED, from: 3, to: 5 }] }],
  ['the topic was made anew', { ...HELD, topicId: 'two' }],
  ['nobody knows where the topic ended', { parts: [{ ...EMPTIED, counted: 0 }] }],
])('nothing is reset where %s', async (_why, moment) => {
  expect(await resetsOf(moment)).toEqual([]);
});

test.concurrent('Druid is not asked while each partition has records', async () => {
  const { deps, looks } = intakeOf([{ parts: [{ written: 5n, low: 2n, from: 5 }, {}] }]);
  expect(await mend(deps, CLICKS, new AbortController().signal)).toEqual([]);
  expect(looks()).toBe(0);
});

import { expect, test } from 'vitest';
import { progressOf } from '../../../src/intake/progress.ts';
import { CLICKS } from '../../support/clicks.ts';
import { intakeOf, type Moment, noLongerAvailable } from '../../support/intake-of.ts';

const part = (to: number, written = 9n): Moment => ({ parts: [{ written, from: 0, to }] });

test.concurrent('who has read everything is asked once', async () => {
  const { deps, looks } = intakeOf([part(9)]);
  expect(await progressOf(deps, CLICKS)).toEqual({ state: 'done' });
  expect(looks()).toBe(1);
});

test.concurrent(
  'a commit marker behind the last event, or none of them read yet, is nothing to do',
  async () => {
    const { deps } = intakeOf([
      {
        parts: [
          { written: 0n, counted: 0 },
          { written: 9n, from: 9 },
        ],
      },
    ]);
    expect(await progressOf(deps, CLICKS)).toEqual({ state: 'done' });
  },
);

test.concurrent('who reads on while it is looked at moves, however old the events are', async () => {
  const { deps } = intakeOf([part(4), part(4), part(5)]);
  expect(await progressOf(deps, CLICKS)).toEqual({ state: 'moving' });
});

test.concurrent('who has read meanwhile what was there at first has nothing left to do', async () => {
  const { deps } = intakeOf([part(4), part(9, 20n)]);
  expect(await progressOf(deps, CLICKS)).toEqual({ state: 'done' });
});

test.concurrent('who does not move over events that have only just arrived is starting', async () => {
  const { deps } = intakeOf([part(4)], { arrivedMs: Date.now() });
  expect(await progressOf(deps, CLICKS)).toEqual({ state: 'starting' });
});

test.concurrent(
  'a supervisor or a task that has only just begun is starting, however old the events are',
  async () => {
    const { deps } = intakeOf([part(0)], { settledMs: Date.now() - 10_000 });
    expect(await progressOf(deps, CLICKS)).toEqual({ state: 'starting' });
  },
);

const HOURS_AGO = { arrivedMs: Date.now() - 9_000_000 };
const QUICK = { doubtMs: 200, proofMs: 800 };

const heldUpBy = async (...moments: Moment[]) => {
  const progress = await progressOf(intakeOf(moments, HOURS_AGO).deps, CLICKS, QUICK);
  return progress?.state === 'stuck' ? progress.heldUp : progress?.state;
};

test.concurrent('who does not move over an old event is stuck, with where and since when', async () => {
  const stands = { kind: 'stands', partition: 0, at: 4n, offset: '4', ...HOURS_AGO };
  expect(await heldUpBy(part(4))).toEqual([stands]);
});

test.concurrent(
  'who is not told otherwise looks for 5 s before it says that',
  { timeout: 15_000 },
  async () => {
    const startMs = Date.now();
    expect(await progressOf(intakeOf([part(4)], HOURS_AGO).deps, CLICKS)).toMatchObject({ state: 'stuck' });
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(5_000);
  },
);

test.concurrent('who moves only after it was asked why is not stuck', async () => {
  expect(await heldUpBy(part(4), part(4), part(4), part(5))).toBe('moving');
});

test.concurrent('one partition that stands among others that move is named alone', async () => {
  const moment = (to: number): Moment => ({
    parts: [
      { written: 9n, to: 4 },
      { written: 90n, to },
    ],
  });
  const moments = Array.from({ length: 40 }, (_, look) => moment(look));
  expect(await heldUpBy(...moments)).toEqual([expect.objectContaining({ partition: 0 })]);
});

test.concurrent('who lost events to retention is stuck, with the range that is lost', async () => {
  const lost = (low: bigint) => heldUpBy({ parts: [{ written: 9n, low, from: 4 }] });
  const gone = { kind: 'gone', partition: 0, at: 4n };
  expect(await lost(7n)).toEqual([{ ...gone, low: 7n, lostTo: 7n }]);
  expect(await lost(12n)).toEqual([{ ...gone, low: 12n, lostTo: 9n }]);
});

test.concurrent('who cannot begin at a place that is gone is stuck, though nothing is lost', async () => {
  const moment = { parts: [{ written: 9n, low: 10n }], error: noLongerAvailable(0, 9) };
  const gone = { kind: 'gone', partition: 0, at: 9n, low: 10n, lostTo: undefined };
  expect(await heldUpBy(moment)).toEqual([gone]);
});

test.concurrent('an idle task whose place is gone has nothing to do', async () => {
  expect(await heldUpBy({ parts: [{ written: 9n, low: 10n, from: 9 }] })).toBe('done');
});

test.concurrent('whose tasks fail is looked at no further', async () => {
  const { deps, looks } = intakeOf([part(4)]);
  const failure = { taskId: 'task', why: 'no', isOfRecord: false };
  deps.druid.lastFailure = async () => failure;
  expect(await progressOf(deps, CLICKS)).toEqual({ state: 'failing', failure });
  expect(looks()).toBe(0);
});

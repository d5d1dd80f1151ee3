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

const why = async (...moments: Moment[]) => {
  const progress = await progressOf(intakeOf(moments, { arrivedMs: Date.now() - 90_000 }).deps, CLICKS);
  return progress?.state === 'stuck' ? progress.heldUp : progress?.state;
};
const LIMIT = { timeout: 15_000 };

test.concurrent(
  'who does not move over an old event is stuck, with where and since when',
  LIMIT,
  async () => {
    expect(await why(part(4))).toEqual([
      {
        partition: 0,
        why: expect.stringMatching(
          /^partition 0 stands at offset 4, and the event at offset 4 arrived 2\S+Z, 9\d s ago$/,
        ) as string,
      },
    ]);
  },
);

test.concurrent('one partition that stands among others that move is named alone', LIMIT, async () => {
  const moment = (to: number): Moment => ({
    parts: [
      { written: 9n, to: 4 },
      { written: 90n, to },
    ],
  });
  const moments = Array.from({ length: 40 }, (_, look) => moment(look));
  expect(await why(...moments)).toEqual([expect.objectContaining({ partition: 0 })]);
});

test.concurrent('who lost events to retention is stuck, with the range that is lost', LIMIT, async () => {
  const lost = async (low: bigint) => why({ parts: [{ written: 9n, low, from: 4 }] });
  const [some, all] = (await Promise.all([lost(7n), lost(12n)])) as { why: string }[][];
  expect(some?.[0]?.why).toContain('Kafka has deleted offsets 4 to 6 of partition 0 of unit.clicks.clean');
  expect(all?.[0]?.why).toContain('deleted offsets 4 to 8 of partition 0');
});

test.concurrent(
  'who cannot begin at a place that is gone is stuck, though nothing is lost',
  LIMIT,
  async () => {
    const moment = { parts: [{ written: 9n, low: 10n }], error: noLongerAvailable(0, 9) };
    const [held] = (await why(moment)) as { why: string }[];
    expect(held?.why).toContain('Druid had read all events before it, so none is lost');
  },
);

test.concurrent('an idle task whose place is gone has nothing to do', LIMIT, async () => {
  expect(await why({ parts: [{ written: 9n, low: 10n, from: 9 }] })).toBe('done');
});

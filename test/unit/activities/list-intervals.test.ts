import { expect, it } from 'vitest';
import { listIntervals } from '../../../src/activities/list-intervals.ts';
import type { LoadDeps } from '../../../src/load/deps.ts';
import type { BackfillInput, IntervalPage } from '../../../src/load/messages.ts';
import { namesFor } from '../../../src/names.ts';

const DEFINITION = { kind: 'pull', name: 'weather', calendar: { kind: 'hour' }, offsetMs: 600_000 };
const NOW = '2026-01-05T12:05:00Z';

/** What is listed of a day of which 08:00 and 09:00 are loaded, at 12:05. */
function listed(more: Partial<BackfillInput> = {}): Promise<IntervalPage> {
  const deps = {
    catalogue: { byName: async () => ({ definition: DEFINITION }) },
    ledger: { loadedStarts: async () => new Set(['2026-01-05T08:00:00Z', '2026-01-05T09:00:00Z']) },
    names: namesFor('t'),
    now: () => new Date(NOW),
  } as unknown as LoadDeps;
  return listIntervals(deps)({
    table: 'weather',
    from: '2026-01-05T07:00:00Z',
    to: '2026-01-06T00:00:00Z',
    ...more,
  });
}

const hoursOf = ({ intervals }: IntervalPage) => intervals.map(({ start }) => start.slice(11, 13));

it('a backfill lists what the ledger lacks, the newest first, and nothing whose slot has not come', async () => {
  expect(hoursOf(await listed())).toEqual(['10', '07']);
  expect(hoursOf(await listed({ newestFirst: false }))).toEqual(['07', '10']);
  expect(hoursOf(await listed({ reprocess: 'all' }))).toEqual(['10', '09', '08', '07']);
});

it('a backfill runs beside the schedules, in the queue of bulk, under the one id of each interval', async () => {
  const [newest] = (await listed()).intervals;
  expect(newest).toEqual({
    start: '2026-01-05T10:00:00Z',
    workflowId: 't/weather-2026-01-05T11:10:00Z',
    taskQueue: 't-bulk',
  });
});

it('a backfill that goes on begins after the interval at which it stopped', async () => {
  const carried = { loaded: 1, failed: 0, rows: 1, firstFailures: [], after: '2026-01-05T10:00:00Z' };
  const page = await listed({ carried });
  expect([hoursOf(page), page.remaining]).toEqual([['07'], 1]);
});

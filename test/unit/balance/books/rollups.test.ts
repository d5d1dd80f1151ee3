import { expect, it } from 'vitest';
import { lateCounter, type CountedLoad } from '../../../../src/balance/books/rollups.ts';

const START = Date.parse('2026-01-05T07:00:00Z');
const BEGAN = '2026-01-05T08:00:00Z';

/** What a load says that had covered partition 0 up to offset 50, after it heard of such events. */
function heard(...events: Heard[]) {
  return heardOf({}, ...events);
}

interface Heard {
  offset: number;
  arrivalMs?: number;
  partition?: number;
  side?: 'arrived';
}

const heardOf = (stream: { topic?: string }, ...events: Heard[]) => {
  const { late, missed, lateSince } = loadOf(stream, ...events);
  return [late, missed, lateSince];
};

function loadOf(stream: { topic?: string }, ...events: Heard[]): CountedLoad {
  const load: CountedLoad = {
    start: '2026-01-05T07:00:00Z',
    end: BEGAN,
    counted: 1,
    coverage: { offsets: { '0': '50' }, loadedAt: BEGAN },
    beganAt: BEGAN,
    dataHash: '',
    late: 0,
    missed: 0,
    perhapsRead: 0,
    lateSince: 0,
  };
  const intervals = new Map([[START, load]]);
  const column = { table: 't', column: 'n', calendar: { kind: 'hour' } as const, dataHash: '', intervals };
  const note = lateCounter(column, stream);
  for (const { offset, arrivalMs = Date.parse(BEGAN), partition = 0, side = 'events' } of events)
    note({ partition, offset, timeMs: START, arrivalMs }, START + 900_000, side);
  return load;
}

it('an event is late from the offset on that the load has covered', () => {
  expect(heard({ offset: 49 }, { offset: 50 }, { offset: 51 })).toEqual([2, 0, 0]);
});

it('an event of a partition that the load knew nothing of is late', () => {
  expect(heard({ offset: 0, partition: 1 })).toEqual([1, 0, 0]);
});

it('an event that arrived between the cuts is counted apart', () => {
  expect(heard({ offset: 60, side: 'arrived' })).toEqual([0, 0, 1]);
});

it('an event that had arrived before the load began was missed, as far as clocks can be believed', () => {
  const began = Date.parse(BEGAN);
  expect(heard({ offset: 60, arrivalMs: began - 2_001 })).toEqual([1, 1, 0]);
  expect(heard({ offset: 60, arrivalMs: began - 1_900 })).toEqual([1, 0, 0]);
});

it("in somebody else's topic a producer may have held a record back for a minute", () => {
  const began = Date.parse(BEGAN);
  expect(heardOf({ topic: 'erp.orders' }, { offset: 60, arrivalMs: began - 59_000 })).toEqual([1, 0, 0]);
  expect(heardOf({ topic: 'erp.orders' }, { offset: 60, arrivalMs: began - 60_001 })).toEqual([1, 1, 0]);
});

it('an event that had arrived when the load ended may have been read by it', () => {
  const ended = Date.parse(BEGAN);
  expect(loadOf({}, { offset: 60, arrivalMs: ended + 1_900 })).toMatchObject({ late: 1, perhapsRead: 1 });
  expect(loadOf({}, { offset: 60, arrivalMs: ended + 2_001 })).toMatchObject({ late: 1, perhapsRead: 0 });
});

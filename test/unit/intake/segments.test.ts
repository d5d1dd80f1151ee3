import { expect, test } from 'vitest';
import { missingSegments, type SegmentDeps } from '../../../src/intake/segments.ts';

const loaded = {
  segment_id: 'one',
  is_published: 1,
  is_overshadowed: 0,
  is_available: 1,
  replication_factor: 1,
};
/** Of another day than the interval's. */
const ofYesterday = { ...loaded, segment_id: 'yesterday' };

/** A Druid whose broker knows these segments, and whose only task serves those. */
function druidOf(segments: object[], served: string[] = []): SegmentDeps {
  return {
    rows: async (sql: string) => {
      if (sql.includes('INFORMATION_SCHEMA')) return [{ n: 1 }];
      return sql.includes('"end" >') ? segments.filter((one) => one !== ofYesterday) : segments;
    },
    usedSegments: async () => new Set(['one', 'yesterday']),
    supervisorStatus: async () => ({ activeTasks: [{ id: 'task' }], publishingTasks: [] }),
    servedSegments: async () => ({ said: served.map((id) => ({ id, datasource: 'clicks' })) }),
  } as unknown as SegmentDeps;
}

test('an answer is taken while every segment is there', async () => {
  expect(await missingSegments(druidOf([loaded, ofYesterday], ['one']), 'clicks')).toBeUndefined();
});

test('no answer is taken while a segment outside of the interval is not loaded: the SQL may read it', async () => {
  const druid = druidOf([loaded, Object.assign(ofYesterday, { is_available: 0 })]);
  expect(await missingSegments(druid, 'clicks')).toBe("1 segments of 'clicks' are published but not loaded");
});

test('no answer is taken while the broker has not heard of a segment outside of the interval', async () => {
  const druid = druidOf([loaded], ['one', 'tomorrow']);
  expect(await missingSegments(druid, 'clicks')).toContain('has not heard of 1 segments');
});

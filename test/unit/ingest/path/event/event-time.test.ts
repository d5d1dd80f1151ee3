import { expect, test } from 'vitest';
import { bucketCache, bucketOfEvent } from '../../../../../src/ingest/path/event/event-time.ts';

const MINUTE_MS = 60_000;

test.each([
  ['{"at":"2026-03-01T07:40:00Z"}', Date.parse('2026-03-01T07:30:00Z')],
  ['{"at":7}', undefined],
  ['{"at":', undefined],
  ['null', undefined],
])('the bucket of the stored event %s is read again without a check', (value, bucketMs) => {
  expect(bucketOfEvent(Buffer.from(value), 'at', 15 * MINUTE_MS)).toBe(bucketMs);
});

test.each([
  [1, '2026-03-01T07:41:59.999Z', '2026-03-01T07:41:00Z'],
  [3, '2026-03-01T07:41:00Z', '2026-03-01T07:39:00Z'],
  [10, '2026-03-01T07:40:00Z', '2026-03-01T07:40:00Z'],
  [15, '2026-03-01T07:44:59.999Z', '2026-03-01T07:30:00Z'],
  [15, '2026-03-01T07:45:00Z', '2026-03-01T07:45:00Z'],
  [15, '2026-03-01T07:50:00+02:00', '2026-03-01T05:45:00Z'],
  [15, '2026-03-01T07:50:00+05:45', '2026-03-01T02:00:00Z'],
  [15, '1969-12-31T23:59:00Z', '1969-12-31T23:45:00Z'],
])(
  'with buckets of %i minutes the time %s lies in that of %s, each time it is asked',
  (minutes, text, start) => {
    const bucketOf = bucketCache(minutes * MINUTE_MS);
    expect([bucketOf(text), bucketOf(text)]).toEqual([Date.parse(start), Date.parse(start)]);
    expect(bucketOf('yesterday')).toBeNaN();
  },
);

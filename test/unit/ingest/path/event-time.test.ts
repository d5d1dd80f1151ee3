import { expect, test } from 'vitest';
import { hourOfEvent } from '../../../../src/ingest/path/event-time.ts';

test.each([
  ['{"at":"2026-03-01T07:10:00Z"}', Date.parse('2026-03-01T07:00:00Z')],
  ['{"at":7}', undefined],
  ['{"at":', undefined],
  ['null', undefined],
])('the hour of the stored event %s is read again without a check', (value, hourMs) => {
  expect(hourOfEvent(Buffer.from(value), 'at')).toBe(hourMs);
});

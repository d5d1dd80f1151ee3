import { expect, test } from 'vitest';
import { failureText, heldUpText } from '../../../src/intake/text.ts';

const NOW = Date.parse('2026-11-24T23:00:00Z');
const textOf = (heldUp: Parameters<typeof heldUpText>[1]) => heldUpText('unit.clicks.clean', heldUp, NOW);

test('of an event that is not read is said where, and since when', () => {
  const stands = { kind: 'stands', partition: 1, offset: '5', arrivedMs: NOW - 90_000 } as const;
  const arrived = 'and the event at offset 5 arrived 2026-11-24T22:58:30.000Z, 90 s ago';
  expect(textOf({ ...stands, at: 4n })).toBe(`partition 1 stands at offset 4, ${arrived}`);
  expect(textOf({ ...stands, at: undefined })).toContain('stands at offset nobody knows which');
});

test('of events that are gone is said which, and of a marker that none is lost', () => {
  const gone = { kind: 'gone', partition: 0, at: 4n, low: 7n } as const;
  expect(textOf({ ...gone, lostTo: 7n })).toMatch(
    /^Kafka has deleted offsets 4 to 6 of partition 0 of unit\.clicks\.clean .* it begins at 7\./,
  );
  expect(textOf({ ...gone, lostTo: undefined })).toContain('so none is lost');
});

test('of a single offset that is gone is said that it was most likely no event', () => {
  const gone = { kind: 'gone', partition: 0, at: 4n, low: 7n, lostTo: 5n } as const;
  expect(textOf(gone)).toMatch(
    /^Kafka has deleted offset 4 of .* most likely the mark that ends a transaction/,
  );
});

test('of a hidden range is said where it begins', () => {
  expect(textOf({ kind: 'hidden', partition: 2, at: 4n, written: 9n })).toBe(
    'partition 2 of unit.clicks.clean was written up to offset 9, and Kafka gives nothing from 4 on: a transaction is open there, or Kafka has lost the last records',
  );
});

test('of failing tasks is said why, and which', () => {
  const failure = { taskId: 'index_1', why: 'is unparseable!', isOfRecord: true };
  expect(failureText(failure)).toBe(
    "Druid's tasks for it fail one after the other: is unparseable! (task index_1)",
  );
});

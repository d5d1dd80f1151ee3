import { expect, test } from 'vitest';
import { departureMessages, replayMessages } from '../../../../../examples/flights/replay/messages.ts';
import { chunksOf } from '../../../../../examples/flights/replay/sender.ts';

const FROM_MS = Date.parse('2026-01-05T00:00:00Z');
const TO_MS = FROM_MS + 7 * 24 * 3_600_000;

test('a replay is every departure of the window in order, plus the broken events ordered', () => {
  const messages = replayMessages(FROM_MS, TO_MS, 3);
  const good = messages.filter(({ isMalformed }) => !isMalformed);
  expect(good).toEqual(departureMessages(FROM_MS, TO_MS));
  expect(messages.length - good.length).toBe(3);
  const announced = messages.map(({ announcedMs }) => announcedMs);
  expect(announced).toEqual([...announced].sort((a, b) => a - b));
});

test('the three kinds of broken event are cut JSON, a delay that is no number, and no id', () => {
  const [cut, wrongType, withoutId] = replayMessages(FROM_MS, TO_MS, 3)
    .filter(({ isMalformed }) => isMalformed)
    .map(({ value }) => value) as [string, string, string];
  expect(() => JSON.parse(cut) as unknown).toThrow(SyntaxError);
  expect(JSON.parse(wrongType)).toHaveProperty('id');
  expect(JSON.parse(wrongType)).toHaveProperty('delayMin', 'late');
  expect(JSON.parse(withoutId)).not.toHaveProperty('id');
});

test('the same window and number give the same messages; broken ones lie apart and never pile up at an end', () => {
  const messages = replayMessages(FROM_MS, TO_MS, 20);
  expect(replayMessages(FROM_MS, TO_MS, 20)).toEqual(messages);
  const places = messages.flatMap(({ isMalformed }, place) => (isMalformed ? [place] : []));
  const distances = places.map((place, index) => place - (places[index - 1] ?? 0));
  expect(Math.max(...distances) - Math.min(...distances)).toBeLessThanOrEqual(2);
});

test('a window without departures has no broken events either', () => {
  expect(replayMessages(FROM_MS, FROM_MS, 3)).toEqual([]);
});

test('chunks keep the order and lose nothing, at most 1,000 messages and 900 kB each', () => {
  const messages = replayMessages(FROM_MS, TO_MS, 3);
  const chunks = [...chunksOf(messages)];
  expect(chunks.flat()).toEqual(messages);
  expect(Math.max(...chunks.map((chunk) => chunk.length))).toBe(1_000);

  const large = messages.slice(0, 10).map((message) => ({ ...message, value: 'x'.repeat(400_000) }));
  expect([...chunksOf(large)].map((chunk) => chunk.length)).toEqual([2, 2, 2, 2, 2]);
});

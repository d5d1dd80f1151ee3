import { expect, test } from 'vitest';
import { compileEventJudge } from '../../src/ingest/path/event/judge-event.ts';
import { readAsDruid } from '../support/druid-reader/index.ts';
import { EVERY_TYPE, strangeEvents } from '../support/strange-events.ts';

const CASES = 120_000;
const SEED = 20_261_124;
const judgeEvent = compileEventJudge(EVERY_TYPE, 900_000);

/** Strange events that our judge takes: the bytes as they came, and as they are written to the clean topic. */
const taken = strangeEvents(CASES, SEED).flatMap((raw) => {
  const verdict = judgeEvent(raw);
  return verdict.kind === 'clean' ? [{ raw, clean: verdict.value }] : [];
});

/** What Druid has to make of an event's fields. */
function expected(raw: Buffer, clean: string): { time: number; values: Record<string, unknown> } {
  const event = { ...(JSON.parse(raw.toString()) as object), ...rewritten(clean) } as Record<string, unknown>;
  const values = EVERY_TYPE.fields
    .filter(({ name }) => name !== EVERY_TYPE.time)
    .map(({ name }) => [name, inDruid(Object.hasOwn(event, name) ? event[name] : null)]);
  return {
    time: Date.parse(String(event['at'])),
    values: Object.fromEntries(values) as Record<string, unknown>,
  };
}

/** Types whose form in the clean topic is ours: a whole number of 64 bits stands there as its digits. */
function rewritten(clean: string): Record<string, unknown> {
  const event = JSON.parse(clean) as Record<string, unknown>;
  return Object.fromEntries(
    ['big', 'cost', 'raw', 'secs', 'clock'].map((name) => [name, asLong(name, event[name] ?? null)]),
  );
}

/** The column of `big` holds numbers; one that JavaScript has none for is read as its digits. */
function asLong(name: string, value: unknown): unknown {
  return name === 'big' && Number.isSafeInteger(Number(value)) && value !== null ? Number(value) : value;
}

/** A dimension of texts holds a boolean as its word, and `?` for half a surrogate pair. */
function inDruid(value: unknown): unknown {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value.replaceAll(/\p{Surrogate}/gu, '?');
  return Object.is(value, -0) ? 0 : value;
}

test(`whatever our judge takes, Druid reads, with the same values: ${CASES} strange events`, async () => {
  const readings = await readAsDruid(
    EVERY_TYPE,
    taken.map(({ clean }) => Buffer.from(clean)),
  );
  const wrong = taken.flatMap(({ raw, clean }, index) => {
    const reading = readings[index];
    return isSame(reading, expected(raw, clean)) ? [] : [{ raw: raw.toString(), clean, reading }];
  });
  expect(wrong.slice(0, 5)).toEqual([]);
  // Else the events were too strange to prove anything, or not strange enough.
  expect(taken.length).toBeGreaterThan(CASES * 0.4);
  expect(taken.length).toBeLessThan(CASES * 0.9);
});

test('the bytes as producers sent them stop a task of Druid, which is why they are written anew', async () => {
  const readings = await readAsDruid(
    EVERY_TYPE,
    taken.slice(0, 5_000).map(({ raw }) => raw),
  );
  const refused = readings.flatMap((reading) => ('refused' in reading ? [reading.refused] : []));
  expect(refused.some((text) => text.includes('unparseable'))).toBe(true);
});

function isSame(reading: unknown, wanted: object): boolean {
  return JSON.stringify(reading) === JSON.stringify(wanted);
}

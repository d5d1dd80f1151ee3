import { expect, test } from 'vitest';
import { every, external, interval, pull, rollup, sql, stream, view, z } from '../../../src/index.ts';
import { byMessage, expectProblem, type Judged } from '../../support/problems-of.ts';

const departures = stream('departures', {
  event: z.object({ id: z.string(), at: z.iso.datetime(), delayMin: z.number().nullable() }),
  id: 'id',
  time: 'at',
});
const airlines = external('airlines', { columns: { carrier: 'text', name: 'text' } });
const row = z.object({ hour: z.iso.datetime(), origin: z.string(), note: z.string().optional() });
const totals = view('totals', { sql: sql`SELECT * FROM ${airlines}` });

const STREAM = { event: z.object({ id: z.string(), at: z.iso.datetime() }), id: 'id', time: 'at' };
const TABLE = { every: every.hour(), time: 'hour', key: ['hour', 'origin'], row };
const HTTP = { url: 'https://weather.example/v1' };

/** Options that the compiler would refuse too, as a file that nobody type-checked holds them. */
const unchecked = (options: object) => options as never;
const streamOf = (options: object, name = 's') => stream(name, unchecked({ ...STREAM, ...options }));
const pullOf = (options: object) => pull('p', unchecked({ ...TABLE, http: HTTP, ...options }));
const rollupOf = (options: object) =>
  rollup('r', unchecked({ ...TABLE, sql: sql`SELECT 1 FROM ${departures} WHERE ${interval}`, ...options }));
const arrivals = stream('arrivals', STREAM as never);
const countingOf = (counts: unknown) =>
  rollupOf({ row: row.extend({ flights: z.int(), maybe: z.int().nullable() }), counts });
const viewOf = (text: unknown) => view('v', { sql: text } as never);
const externalOf = (options: object) => external('e', { columns: { a: 'text' }, ...options } as never);

const INVALID: Judged[] = [
  // Names and options
  [
    streamOf({}, 'Flights'),
    "name: 'Flights' cannot be a name; use lower-case letters, digits and '_', at most 48, a letter first.",
  ],
  [stream('s', undefined as never), 'is missing; give { description: … }.'],
  [streamOf({ dedup: '1 hour' }), "dedup: is not an option; did you mean 'dedupe'?"],
  [
    view('v', { sql: sql`SELECT 1 FROM ${airlines}`, every: 1 } as never),
    'every: is not an option; the options here are description, owner, sql.',
  ],
  [streamOf({ owner: 7 }), 'owner: 7 is not a text; give a person or a team.'],
  [
    streamOf({ dedupe: '1 hours' }),
    "dedupe: '1 hours' is not a duration; give '90 seconds', '1 hour' or '2 days', or false for none.",
  ],
  [
    streamOf({ dedupe: 0 }),
    "dedupe: 0 is not a duration; give '90 seconds', '1 hour' or '2 days', or false for none.",
  ],
  [
    streamOf({ partitions: 0.5 }),
    'partitions: 0.5 is not a whole number from 1 to 256; give a number such as 4.',
  ],
  [
    streamOf({ topic: 'a topic' }),
    "topic: 'a topic' is not a topic; give letters, digits, '.', '_' and '-', at most 249.",
  ],
  // Columns named by others
  [streamOf({ id: 'ID' }), "id: 'ID' is not a field of event; did you mean 'id'?"],
  [
    streamOf({ time: 'id' }),
    "time: 'id' is a text in event; it must be z.iso.datetime(), t.unix(), t.unixMs() or t.local('Europe/Berlin').",
  ],
  [
    streamOf({ event: z.object({ id: z.string().nullable(), at: z.iso.datetime() }) }),
    "id: 'id' must always have a value; leave out .nullable() in event.id.",
  ],
  [pullOf({ key: [] }), 'key: is empty; name the columns that identify a row.'],
  [
    pullOf({ key: 'hour' }),
    "key: 'hour' is not a list of columns; give the primary key, such as ['hour', 'origin'].",
  ],
  [
    pullOf({ key: ['hour', 'carrier'] }),
    "key.1: 'carrier' is not a field of row; its fields are hour, origin, note.",
  ],
  [pullOf({ key: ['hour', 'hour'] }), "key.1: 'hour' is named twice; leave one out."],
  [pullOf({ key: ['note'] }), "key.0: 'note' must always have a value; leave out .optional() in row.note."],
  [
    pullOf({ time: 'origin' }),
    "time: 'origin' is a text in row; it must be z.iso.datetime(), z.iso.date(), t.unix(), t.unixMs() or t.local('Europe/Berlin').",
  ],
  [
    pullOf({ time: 'day', key: ['day'], row: z.object({ day: z.iso.date() }) }),
    "time: 'day' is a date, which every.day() in UTC alone can use; make it z.iso.datetime().",
  ],
  // Calendars
  [
    pullOf({ every: every.minutes(7) }),
    'every: every.minutes(7) does not tile the day: intervals are counted from midnight UTC, so use a whole number that divides 1440, such as 1, 5, 10, 15, 20, 30 or 120.',
  ],
  [pullOf({ every: every.minutes(60) }), 'every: every.minutes(60) has a name of its own; use every.hour().'],
  [
    pullOf({ every: every.day('Europe/Berln') }),
    "every: every.day('Europe/Berln'): no such time zone; use an IANA name such as 'Europe/Berlin', or 'UTC'.",
  ],
  [
    pullOf({ every: every.day('CET') }),
    "every: every.day('CET'): no such time zone; use an IANA name such as 'Europe/Berlin', or 'UTC'.",
  ],
  [
    pullOf({ every: every.hour }),
    "every: a function is not a calendar; give every.hour(), every.minutes(15) or every.day('Europe/Berlin').",
  ],
  [
    pullOf({ offset: '10min' }),
    "offset: '10min' is not a duration; give '90 seconds', '1 hour' or '2 days'.",
  ],
  // HTTP
  [pullOf({ http: undefined }), 'http: is missing; give { url: … }.'],
  [
    pullOf({ write: 'merge' }),
    "write: 'merge' is not a way to write; give 'interval', 'upsert' or 'snapshot'.",
  ],
  [
    pullOf({ outside: 'ignore' }),
    "outside: 'ignore' is not what becomes of such rows; give 'fail' or 'drop'.",
  ],
  [
    pullOf({ write: 'snapshot', outside: 'drop' }),
    'outside: has no meaning for a snapshot, which is all rows whatever their time; leave it out.',
  ],
  [
    pullOf({ time: undefined }),
    "time: is missing; give the name of a column, such as 'hour', or write: 'snapshot'.",
  ],
  [pullOf({ time: undefined, write: 'snapshot' }), ''],
  [
    pullOf({ write: 'upsert' }),
    "key: has 'hour', the time, so that no state of a thing takes the place of another; leave it out of the key.",
  ],
  [
    pullOf({ since: 'last year' }),
    "since: 'last year' is no instant; give '2024-01-01T00:00:00Z' or the date '2024-01-01'.",
  ],
  [pullOf({ since: '2024-01-01' }), ''],
  [
    pullOf({ minRows: -1 }),
    'minRows: -1 is not a whole number from 0 to 1000000000; give a number such as 1.',
  ],
  // SQL
  [rollupOf({ sql: undefined }), 'sql: is missing; write sql`SELECT …`.'],
  [rollupOf({ sql: 'SELECT 1' }), "sql: 'SELECT 1' is not a template; write sql`SELECT …`."],
  [
    rollupOf({ sql: sql`SELECT 1 FROM ${departures}` }),
    'sql: lacks ${interval}, so every interval would hold all rows; write WHERE ${interval}.',
  ],
  [
    rollupOf({ sql: sql`SELECT 1 WHERE ${interval}` }),
    'sql: reads no stream; write FROM ${departures} with the definition between the braces.',
  ],
  [
    rollupOf({ sql: sql`SELECT 1 FROM ${departures} JOIN ${airlines} WHERE ${interval}` }),
    "sql: a rollup cannot read external 'airlines' (after 'JOIN'); a rollup reads streams; join tables in a view.",
  ],
  [
    rollupOf({ sql: sql`SELECT 1 FROM ${departures} JOIN ${totals} WHERE ${interval}` }),
    "sql: a rollup cannot read view 'totals' (after 'JOIN'); a rollup reads streams; join tables in a view.",
  ],
  // Columns that count events
  [
    countingOf({ flights: 'departures' }),
    "counts.flights: 'departures' is not a stream; give the definition of a stream that sql reads.",
  ],
  [
    countingOf({ flights: totals }),
    "counts.flights: the view 'totals' is not a stream; give the definition of a stream that sql reads.",
  ],
  [countingOf({ flights: arrivals }), "counts.flights: sql does not read 'arrivals'; sql reads departures."],
  [
    countingOf({ flight: departures }),
    "counts.flight: 'flight' is not a field of row; did you mean 'flights'?",
  ],
  [
    countingOf({ origin: departures }),
    "counts.origin: 'origin' is a text in row; it must be z.int() or t.bigint().",
  ],
  [
    countingOf({ maybe: departures }),
    "counts.maybe: 'maybe' must always have a value; leave out .nullable() in row.maybe.",
  ],
  [
    countingOf('flights'),
    "counts: 'flights' is not an object of columns and streams; give { sold: orders }, or leave it out.",
  ],
  [
    viewOf(sql`SELECT * FROM ${departures}`),
    "sql: a view cannot read stream 'departures' (after 'SELECT * FROM'); its events are in Druid; make a rollup of them and read that.",
  ],
  [
    viewOf(sql`SELECT * FROM ${airlines} WHERE ${interval}`),
    "sql: ${interval} after 'WHERE': a view has no interval; leave it out.",
  ],
  [
    viewOf(sql`SELECT * FROM ${'airlines' as never}`),
    "sql: 'airlines' is interpolated after 'SELECT * FROM'; interpolate a definition or ${interval} only.",
  ],
  [
    viewOf(sql`SELECT * FROM ${undefined as never} JOIN ${airlines}`),
    "sql: undefined (a misspelt import, or files that import each other) is interpolated after 'SELECT * FROM'; interpolate a definition or ${interval} only.",
  ],
  // External
  [externalOf({ columns: {} }), "columns: is empty; name at least one column, such as { carrier: 'text' }."],
  [externalOf({ columns: { a: 'texts' } }), "columns.a: 'texts' is not a type; did you mean 'text'?"],
  [
    externalOf({ columns: { a: 'varchar' } }),
    "columns.a: 'varchar' is not a type; use 'text', 'integer', 'number', 'boolean', 'timestamp', 'date', 'decimal', 'bigint', 'json'.",
  ],
];

test.each(byMessage(INVALID))('$named', expectProblem);

test('a definition reports every mistake in it at once', () => {
  const { problems } = pull('W', {
    evry: 1,
    time: 'when',
    key: ['a', 'b'],
    row: z.object({ a: z.any(), at: z.string().nullable() }),
    http: { url: 'nowhere', pages: { kind: 'pages' } },
  } as never);
  expect(problems.map(({ path }) => path)).toEqual([
    ...['name', 'evry', 'every', 'row.a', 'key.1', 'time'],
    ...['http.pages.kind', 'http.records', 'http.url'],
  ]);
});

test('defaults arrive in the plain JSON', () => {
  expect(pullOf({ offset: '10 minutes' }).definition).toMatchObject({
    calendar: { kind: 'hour' },
    offsetMs: 600_000,
    minRows: 1,
    http: { url: 'https://weather.example/v1', query: {}, headers: {}, records: '', timeoutMs: 30_000 },
  });
  expect(streamOf({ dedupe: false }).definition?.dedupeMs).toBe(0);
  expect(pullOf({ http: { url: '{WEATHER_URL}/v1/{start}' } }).problems).toEqual([]);
});

test('a column that counts events is kept with the name of its stream, and nothing where none does', () => {
  expect(countingOf({ flights: departures }).definition?.counts).toEqual({ flights: 'departures' });
  for (const none of [undefined, {}]) expect(countingOf(none).definition).not.toHaveProperty('counts');
});

test('SQL becomes a list of text, references and the interval', () => {
  expect(rollupOf({}).definition?.sql).toEqual([
    'SELECT 1 FROM ',
    { read: 'departures' },
    ' WHERE ',
    { interval: true },
  ]);
});

import { every, external, interval, pull, rollup, secret, sql, stream, view, z } from '../../src/index.ts';

/** Definitions whose hashes are kept in `hashes.json`: the shortest of each kind, the common ones, one with every option. */

const event = z.object({ id: z.string(), at: z.iso.datetime() });
const row = z.object({ hour: z.iso.datetime(), origin: z.string(), n: z.int() });
const table = { every: every.hour(), time: 'hour', key: ['hour', 'origin'], row } as const;

const shortStream = stream('short_stream', { event, id: 'id', time: 'at' });
const fullStream = stream('full_stream', {
  description: 'A stream with every option.',
  owner: 'data@example.org',
  event: z.object({
    id: z.int(),
    at: z.iso.datetime({ offset: true }),
    text: z
      .string()
      .min(1)
      .max(40)
      .regex(/^[a-z]+$/)
      .nullable()
      .optional(),
    word: z.enum(['a', 'b']),
    number: z.number().gt(0).lt(100).optional(),
    whole: z.int().min(-5).max(5).nullable(),
    flag: z.boolean(),
    day: z.iso.date(),
  }),
  id: 'id',
  time: 'at',
  dedupe: '2 days',
  topic: 'somebody.elses',
  partitions: 12,
  version: 3,
});
const undeduplicated = stream('undeduplicated', { event, id: 'id', time: 'at', dedupe: false });

const shortPull = pull('short_pull', {
  ...table,
  key: ['hour', 'origin'],
  http: { url: 'https://weather.example/v1' },
});
const fullPull = pull('full_pull', {
  description: 'A pull with every option.',
  owner: 'data@example.org',
  every: every.day('Europe/Berlin'),
  offset: '2 hours',
  time: 'hour',
  key: ['hour', 'origin'],
  row,
  minRows: 24,
  http: {
    url: '{WEATHER_URL}/v1/observations',
    query: { from: '{start}', to: '{end}' },
    headers: { accept: 'application/json' },
    auth: { bearer: secret('WEATHER_TOKEN') },
    records: 'data.items',
    pages: { kind: 'cursor', param: 'after', from: 'meta.next' },
    timeout: '90 seconds',
  },
});
const pagedPull = pull('paged_pull', {
  ...table,
  key: ['hour', 'origin'],
  http: {
    url: 'https://w.example',
    records: 'items',
    pages: { kind: 'cursor', param: 'after', from: 'next' },
  },
});
const datedPull = pull('dated_pull', {
  every: every.day(),
  time: 'day',
  key: ['day'],
  row: z.object({ day: z.iso.date(), euros: z.number().nullable() }),
  http: { url: 'https://rates.example/v1', records: 'rates' },
  minRows: 0,
});

const shortRollup = rollup('short_rollup', {
  ...table,
  key: ['hour', 'origin'],
  sql: sql`SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", id AS origin, COUNT(*) AS n FROM ${shortStream} WHERE ${interval} GROUP BY 1, 2`,
});
const fullRollup = rollup('full_rollup', {
  description: 'A rollup with every option.',
  owner: 'data@example.org',
  every: every.minutes(15),
  offset: '5 minutes',
  time: 'hour',
  key: ['hour', 'origin'],
  row,
  sql: sql`SELECT 1 FROM ${fullStream} JOIN ${undeduplicated} USING (id) WHERE ${interval}`,
});

const teamTable = external('team_table', { columns: { carrier: 'text', seats: 'integer' } });
const elsewhere = external('elsewhere', {
  description: "Another program's.",
  owner: 'erp@example.org',
  schema: 'erp',
  columns: { at: 'timestamp', day: 'date', amount: 'number', paid: 'boolean' },
});
const shortView = view('short_view', { sql: sql`SELECT * FROM ${shortPull}` });
const fullView = view('full_view', {
  description: 'A view with every option.',
  owner: 'data@example.org',
  sql: sql`SELECT * FROM ${shortView} JOIN ${shortRollup} USING (hour) JOIN ${teamTable} ON true JOIN ${elsewhere} ON true`,
});

/** Every one of them. */
export const GOLDEN = [
  ...[shortStream, fullStream, undeduplicated],
  ...[shortPull, fullPull, pagedPull, datedPull],
  ...[shortRollup, fullRollup],
  ...[teamTable, elsewhere, shortView, fullView],
];

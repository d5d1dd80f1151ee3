import { afterAll, beforeAll, expect, it } from 'vitest';
import { ExactNumber } from '../../src/exact-number.ts';
import { jsonVendor, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { plainProducer, type PlainProducer } from '../support/plain-producer.ts';
import { supersetApi, supersetContent } from '../support/superset-api.ts';

/** Each type at its limits, in the record of a vendor and in an event alike. */
const EXACT = `
import { at, every, interval, pull, rollup, sql, stream, t, z } from 'millrace';

const fields = {
  id: at('meta.id', t.bigint()),
  amount: t.decimal(38, 10),
  small: t.decimal(4, 2).nullable(),
  tags: t.json(),
  seen: t.unix({ precision: 6 }),
  shown: t.local('Europe/Berlin', { precision: 6 }),
  made: z.iso.datetime({ offset: true, precision: 6 }),
  note: z.string().nullable(),
};

export const prices = pull('prices', {
  every: every.hour(),
  time: 'hour',
  key: ['id'],
  http: { url: '{VENDOR_URL}/prices', records: 'items' },
  row: z.object({ hour: at('meta.at', t.unixMs()), ...fields }),
});

export const taps = stream('taps', {
  event: z.object({ at: at('meta.at', t.unixMs()), ...fields }),
  id: 'id',
  time: 'at',
});

export const tapsHourly = rollup('taps_hourly', {
  every: every.hour(),
  time: 'hour',
  key: ['id'],
  row: z.object({
    hour: z.iso.datetime(),
    ...fields,
    id: t.bigint(),
    seen: z.iso.datetime({ precision: 6 }),
    shown: z.iso.datetime({ precision: 6 }),
  }),
  sql: sql\`SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", id, amount, "small", tags, seen, shown, made, note
    FROM \${taps} WHERE \${interval}\`,
});
`;

const HOUR = '2026-01-05T07:00:00Z';
const AT_MS = Date.parse(HOUR);

/** As text, for no number of JavaScript holds all that JSON does. */
const RECORDS = [
  `{"meta":{"id":9223372036854775807,"at":${AT_MS}},"amount":9999999999999999999999999999.0123456789,
    "small":"-12.3","tags":[1, {"big": 12345678901234567890}],"seen":1767596400.000005,
    "shown":"2026-01-05 08:00:00.123456","made":"2026-01-05T07:00:00.999999+0000","note":"😀 é\\n\\t\\"\\u0000'"}`,
  `{"meta":{"id":"-9223372036854775808","at":"${AT_MS}"},"amount":"-0.0000000001","small":null,
    "tags":{"a":""},"seen":"1767596400","shown":"2026-01-05","made":"2026-01-05T09:00:00+02:00","note":""}`,
  `{"meta":{"id":0,"at":${AT_MS}.0},"amount":1e2,"small":0,"tags":"x","seen":1767596400.5,
    "shown":"2026-01-05T08:00","made":"2026-01-05T07:00:00Z","note":null}`,
];

const EXPECTED = [
  {
    ...{ id: '-9223372036854775808', amount: '-0.0000000001', small: null, tags: '{"a":""}' },
    ...{ seen: '2026-01-05 07:00:00.000000', shown: '2026-01-04 23:00:00.000000' },
    ...{ made: '2026-01-05 07:00:00.000000', note: '' },
  },
  {
    ...{ id: '0', amount: '100.0000000000', small: '0.00', tags: '"x"' },
    ...{ seen: '2026-01-05 07:00:00.500000', shown: '2026-01-05 07:00:00.000000' },
    ...{ made: '2026-01-05 07:00:00.000000', note: null },
  },
  {
    ...{ id: '9223372036854775807', amount: '9999999999999999999999999999.0123456789', small: '-12.30' },
    ...{ tags: '[1,{"big":12345678901234567890}]', seen: '2026-01-05 07:00:00.000005' },
    ...{ shown: '2026-01-05 07:00:00.123456', made: '2026-01-05 07:00:00.999999' },
    note: '😀 é\n\t"\u0000\'',
  },
].map((row) => ({ hour: '2026-01-05 07:00:00.000', ...row }));

let env: LiveEnv;
let vendor: JsonVendor;
let producer: PlainProducer;

beforeAll(async () => {
  vendor = await jsonVendor(() => ({ status: 200, body: `{"items":[${RECORDS.join(',')}]}` }));
  env = await liveEnv('types', { 'exact.ts': EXACT }, { hasSuperset: true });
  await env.apply();
  await env.worker({ roles: 'live,bulk,ingest', variables: { VENDOR_URL: vendor.url } });
  producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic({ name: 'taps' }));
});

afterAll(async () => {
  await producer.close();
  await env.close();
  await vendor.close();
});

const rowsOf = (table: string) => env.db.query(`SELECT * FROM ${env.names.schema}.${table} ORDER BY id`);

it('each type comes from a vendor to MariaDB as it was sent', async () => {
  const run = await env.start({ table: 'prices', interval: HOUR });
  expect(await run.result()).toMatchObject({ rows: 3 });
  expect(await rowsOf('prices')).toEqual(EXPECTED);
});

it('and as an event by way of the clean topic, Druid and a rollup', async () => {
  await producer.send(RECORDS);
  const run = await env.start({ table: 'taps_hourly', interval: HOUR });
  expect(await run.result()).toMatchObject({ rows: 3 });
  expect(await rowsOf('taps_hourly')).toEqual(EXPECTED);
});

it('and Superset shows every digit of it', async () => {
  if (env.config.superset === undefined) throw new Error('there is no Superset');
  const api = await supersetApi(env.config.superset);
  const { datasets } = await supersetContent(api, env.names);
  const { id } = datasets.find(({ table_name: table }) => table === 'prices') ?? {};
  const columns = Object.keys(EXPECTED[0] ?? {});
  const { result } = await api.post<{ result: { data: Record<string, unknown>[] }[] }>('chart/data', {
    datasource: { id, type: 'table' },
    queries: [{ columns, orderby: [['made', true]], row_limit: 10 }],
    ...{ result_format: 'json', result_type: 'results', force: true },
  });
  const shown = result[0]?.data.map((row) =>
    Object.fromEntries(columns.map((name) => [name, asKept(name, row)])),
  );
  expect(shown?.toSorted(byId)).toEqual(EXPECTED.toSorted(byId));
});

const byId = (a: Record<string, unknown>, b: Record<string, unknown>) =>
  String(a['id']) < String(b['id']) ? -1 : 1;

/** Superset gives times in milliseconds, and small numbers without the zeros at their end. */
function asKept(name: string, { [name]: value }: Record<string, unknown>): unknown {
  if (value === null) return null;
  const digits = { hour: 3, seen: 6, shown: 6, made: 6 }[name];
  if (digits !== undefined) {
    const micros = BigInt(Math.round(Number(value) * 1_000));
    const seconds = new Date(Number(micros / 1_000n)).toISOString().slice(0, 19).replace('T', ' ');
    return `${seconds}.${String(micros % 1_000_000n)
      .padStart(6, '0')
      .slice(0, digits)}`;
  }
  const scale = { amount: 10, small: 2 }[name];
  if (scale !== undefined && typeof value === 'number') return value.toFixed(scale);
  return typeof value === 'number' || value instanceof ExactNumber ? String(value) : value;
}

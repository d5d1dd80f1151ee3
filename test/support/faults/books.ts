import { Kafka, logLevel } from 'kafkajs';
import { expect } from 'vitest';
import { NO_COUNTS, type Counts } from '../../../src/store/commit.ts';
import { commitsOf, countsOf } from '../../../src/store/commits.ts';
import { readTopic } from '../ingest-env.ts';
import type { LiveEnv } from '../live-env.ts';
import { waitUntil } from '../wait-until.ts';
import { PULLS, ROLLUPS, SENSORS } from './definitions.ts';
import { readingAt, type Sent } from './work.ts';

const STREAM = 'orders';
const MINUTE_MS = 60_000;

/** Where the minute begins that this instant lies in, as a definition says it: `2026-01-05T07:00:00Z`. */
export function minuteOf(at: string | number): string {
  const ms = Math.floor(new Date(at).getTime() / MINUTE_MS) * MINUTE_MS;
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Raw = clean + dead + duplicate, each as the producer noted it, and each event once in the clean topic. */
export async function expectBalance(env: LiveEnv, sent: Sent): Promise<Counts> {
  const { names, kafka, config } = env;
  let counts = NO_COUNTS;
  await waitUntil(
    async () => {
      counts = countsOf((await commitsOf({ kafka, names }, { name: STREAM })).values());
      return counts.raw >= sent.raw;
    },
    { timeoutMs: 120_000, saw: () => JSON.stringify(counts) },
  );
  expect(counts).toEqual({
    raw: sent.raw,
    clean: sent.good.size,
    dead: sent.dead,
    duplicate: sent.duplicate,
    filtered: 0,
  });
  const plain = new Kafka({
    brokers: config.kafka.brokers,
    clientId: 'books',
    logLevel: logLevel.NOTHING,
  });
  const clean = (await readTopic(plain, names.cleanTopic(STREAM))).map(({ key }) => key);
  expect(clean.sort(), 'each event once in the clean topic').toEqual([...sent.good.keys()].sort());
  const dead = await readTopic(plain, names.deadTopic(STREAM));
  expect(dead, 'dead letters').toHaveLength(sent.dead);
  return counts;
}

/** Waits until every table has loaded up to this minute, by its schedule alone, and left none out. */
export async function expectNoGaps(env: LiveEnv, last: string): Promise<void> {
  const ledger = `${env.names.storeSchema}.ledger`;
  const sql = `SELECT tbl, COUNT(*) AS n, MAX(interval_start) AS newest,
    TIMESTAMPDIFF(MINUTE, MIN(interval_start), MAX(interval_start)) + 1 AS due FROM ${ledger} GROUP BY tbl`;
  const newest = last.replace('T', ' ').replace('Z', '');
  let seen: string[] = [];
  await waitUntil(
    async () => {
      const rows = await env.db.query(sql);
      seen = rows.map(
        (row) =>
          `${String(row['tbl'])}: ${String(row['n'])} of ${String(row['due'])}, up to ${String(row['newest'])}`,
      );
      return (
        rows.length === ROLLUPS.length + PULLS.length &&
        rows.every((row) => row['n'] === row['due'] && String(row['newest']).slice(0, 19) >= newest)
      );
    },
    { timeoutMs: 180_000, everyMs: 1_000, saw: () => seen.join('\n') },
  );
}

/** Every cell of the rollups is what the producer's record says, up to a minute, exclusive. @returns how many cells */
export async function expectRollups(env: LiveEnv, sent: Sent, end: string): Promise<number> {
  const expected = new Map<string, { orders: number; cents: number }>();
  for (const { at, shop, cents } of sent.good.values()) {
    const minute = minuteOf(at);
    if (minute >= end) continue;
    const group = expected.get(`${minute} ${shop}`) ?? { orders: 0, cents: 0 };
    expected.set(`${minute} ${shop}`, { orders: group.orders + 1, cents: group.cents + cents });
  }
  for (const table of ROLLUPS) {
    const rows = (await env.rows(table)).filter((row) => minuteIn(row['minute']) < end);
    const loaded = rows.map((row) => [
      `${minuteIn(row['minute'])} ${String(row['shop'])}`,
      { orders: Number(row['orders']), cents: Number(row['cents']) },
    ]);
    expect(Object.fromEntries(loaded), table).toEqual(Object.fromEntries(expected));
  }
  return expected.size * 2 * ROLLUPS.length;
}

/** Every cell of the pulls is what the vendor says, and each loaded minute has all of its sensors. @returns how many cells */
export async function expectPulls(env: LiveEnv): Promise<number> {
  let cells = 0;
  for (const table of PULLS) {
    const rows = await env.rows(table);
    const loaded = rows.map((row) => ({
      minute: minuteIn(row['minute']),
      sensor: String(row['sensor']),
      value: Number(row['value']),
    }));
    const minutes = [...new Set(loaded.map(({ minute }) => minute))];
    const expected = minutes.flatMap((minute) =>
      SENSORS.map((sensor) => ({ minute, sensor, value: readingAt(minute, sensor) })),
    );
    expect(loaded, table).toEqual(expected);
    cells += rows.length;
  }
  return cells;
}

/** `2026-01-05 07:00:00.000` as MariaDB writes it. */
function minuteIn(value: unknown): string {
  return `${String(value).slice(0, 19).replace(' ', 'T')}Z`;
}

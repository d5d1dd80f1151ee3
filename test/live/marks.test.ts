import { afterEach, describe, expect, test } from 'vitest';
import type { Scalar } from '../../src/clients/mariadb.ts';
import type { AppliedStream } from '../../src/ingest/index.ts';
import { CLEAN_TOPICS } from '../../src/store/coverage.ts';
import { ledgerIn } from '../../src/store/ledger.ts';
import { type Mark } from '../../src/store/marks/ahead.ts';
import { marksReaderIn } from '../../src/store/marks/reader.ts';
import { marksIn } from '../../src/store/marks/writer.ts';
import { CLICKS } from '../support/clicks.ts';
import { type IngestEnv } from '../support/ingest-env.ts';
import { endIngestRuns, event, type IngestRuns, ingestRuns } from '../support/ingest-runs.ts';
import { waitUntil } from '../support/wait-until.ts';

const setUp = (name: string) => ingestRuns(`marks.test.ts ${name}`);

afterEach(endIngestRuns);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ALWAYS = { start: '2000-01-01T00:00:00Z', end: '2100-01-01T00:00:00Z' };

/** All marks of an interval; `ALWAYS` reaches further back than a bucket, so by its rows. */
async function marksOf({ db, names }: IngestEnv): Promise<Mark[]> {
  const rows = await db.query(
    `SELECT incarnation, partition_no, start_ms, length_ms, clean_offset FROM ${names.storeSchema}.marks
     ORDER BY incarnation, partition_no, start_ms, length_ms`,
  );
  return rows.map((row) => ({
    incarnation: String(row['incarnation']),
    partition: Number(row['partition_no']),
    startMs: Number(row['start_ms']),
    lengthMs: Number(row['length_ms']),
    offset: BigInt(String(row['clean_offset'])),
  }));
}

async function processed({ env, start }: IngestRuns, events: ReturnType<typeof event>[]): Promise<void> {
  const { stop } = await start();
  await env.produce(events);
  await env.drained();
  await stop();
}

/** How far a load that ended now has covered partition 0. */
async function coverageNow({ kafka, topics }: IngestEnv) {
  const { high } = await kafka.boundsAt(topics.clean, 0);
  return { offsets: { '0': String(high) }, loadedAt: new Date().toISOString() };
}

describe('the marks of a stream', () => {
  test('a late event raises the mark of exactly its bucket, and only the intervals of that bucket are ahead', async () => {
    const runs = await setUp('late');
    const { env } = runs;
    const at = (text: string) => `2026-03-01T${text}Z`;
    await processed(runs, [
      event('a', 0, at('10:03:00')),
      event('b', 0, at('10:20:00')),
      event('c', 1, at('10:20:00')),
    ]);
    const coverage = {
      ...(await coverageNow(env)),
      incarnation: (await env.kafka.topicId(env.topics.clean)) ?? '',
    };
    const before = await marksOf(env);
    await processed(runs, [event('late', 0, at('10:14:59.999'))]);

    const raised = (await marksOf(env)).filter(({ startMs, partition, offset }) => {
      return !before.some(
        (mark) => mark.startMs === startMs && mark.partition === partition && mark.offset === offset,
      );
    });
    expect(raised.map(({ partition, startMs, lengthMs }) => [partition, startMs, lengthMs])).toEqual([
      [0, Date.parse(at('10:00:00')), 15 * MINUTE_MS],
    ]);
    const reader = marksReaderIn(env.db, env.names);
    const ahead = (start: string, end: string) =>
      reader.aheadOf(
        'clicks',
        { start: at(start), end: at(end) },
        { ...coverage, offsets: { ...coverage.offsets, '1': '99' } },
      );
    expect(await ahead('10:00:00', '10:15:00')).toEqual([0]);
    expect(await ahead('10:00:00', '11:00:00')).toEqual([0]);
    expect(await ahead('10:15:00', '10:30:00')).toEqual([]);
    expect(await ahead('09:00:00', '10:00:00')).toEqual([]);
  });

  test('are as fine as a finer table needs that comes to read the stream, without a restart', async () => {
    const { env, start } = await setUp('finer');
    const stream: AppliedStream = { definition: CLICKS, hash: 'one' };
    const { stop } = await start({ streams: async () => [{ ...stream }] });
    const at = '2026-03-01T10:41:00Z';
    await env.produce([event('a', 0, at)]);
    await env.drained();
    stream.readers = [
      { table: 'fine', calendar: { kind: 'minutes', n: 20 } },
      { table: 'odd', calendar: { kind: 'minutes', n: 9 } },
    ];
    let sent = 0;
    const isFine = async () => {
      await env.produce([event(`b${sent++}`, 0, at)]);
      await env.drained();
      return (await marksOf(env)).some(({ lengthMs }) => lengthMs === MINUTE_MS);
    };
    await waitUntil(isFine, { timeoutMs: 20_000, everyMs: 200 });
    await stop();
    expect((await marksOf(env)).map(({ startMs, lengthMs }) => [startMs, lengthMs])).toEqual([
      [Date.parse('2026-03-01T10:30:00Z'), 15 * MINUTE_MS],
      [Date.parse('2026-03-01T10:41:00Z'), MINUTE_MS],
    ]);
  });
});

describe('a clean topic that is deleted and made anew', () => {
  async function makeCleanAnew({ kafka, topics }: IngestEnv): Promise<void> {
    await kafka.deleteTopics([topics.clean]);
    await waitUntil(async () => (await kafka.topicId(topics.clean)) === undefined, { timeoutMs: 30_000 });
    await kafka.ensureTopics([{ topic: topics.clean, partitions: CLICKS.partitions, config: {} }]);
  }

  test.each([
    ['while no worker runs', true],
    ['under a worker', false],
  ])(
    '%s: its low offsets are not compared with what a load has covered of the old one',
    async (name, isStopped) => {
      const { env, start, news } = await setUp(`anew ${name}`);
      const at = '2026-03-01T10:00:00Z';
      const first = await start();
      await env.produce(Array.from({ length: 50 }, (_, index) => event(`old${index}`, 0, at)));
      await env.drained();
      if (isStopped) await first.stop();
      const coverage = await coverageNow(env);
      const reader = marksReaderIn(env.db, env.names);
      const interval = { start: at, end: '2026-03-01T11:00:00Z' };
      const old = await env.kafka.topicId(env.topics.clean);
      await waitUntil(async () => (await reader.incarnations('clicks')).length === 1, { timeoutMs: 20_000 });
      expect(await reader.aheadOf('clicks', interval, coverage)).toEqual([]);

      await makeCleanAnew(env);
      if (isStopped) await start();
      await env.produce([event('new', 0, at)]);
      const isNoted = async () => (await reader.aheadOf('clicks', interval, coverage)).includes(0);
      await waitUntil(isNoted, { timeoutMs: 60_000, saw: () => JSON.stringify(news) });
      const known = (await reader.incarnations('clicks')).map(({ id }) => id);
      expect(known).toEqual([old, await env.kafka.topicId(env.topics.clean)]);
      const marks = await reader.marksOf('clicks', interval);
      expect(marks.find(({ incarnation }) => incarnation !== old)?.offset).toBeLessThan(50n);
      // Whoever loads it now has the new event.
      expect(await reader.aheadOf('clicks', interval, await coverageNow(env))).toEqual([]);
      if (isStopped) expect(news.map(({ message }) => message).join()).toContain('made anew');
    },
  );
});

describe('old marks', () => {
  const INCARNATION = 'a'.repeat(32);

  async function fill(
    { db, names }: IngestEnv,
    rows: [startMs: number, lengthMs: number, offset: number, days: number][],
  ) {
    const { storeSchema: store } = names;
    const key: Scalar[] = ['clicks', INCARNATION, 0];
    await db.execute(
      `INSERT INTO ${store}.mark_progress (stream, incarnation, partition_no, clean_offset) VALUES (?, ?, ?, 0)`,
      key,
    );
    for (const [startMs, lengthMs, offset, days] of rows) {
      await db.execute(
        `INSERT INTO ${store}.marks (stream, incarnation, partition_no, start_ms, length_ms, clean_offset, raised_at)
         VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3) - INTERVAL ? DAY)`,
        [...key, startMs, lengthMs, offset, days],
      );
    }
  }

  const short = async (env: IngestEnv) =>
    (await marksOf(env)).map(({ startMs, lengthMs, offset }) => [startMs, lengthMs, Number(offset)]);

  const hourAgo = (days: number) => Math.floor((Date.now() - days * DAY_MS) / HOUR_MS) * HOUR_MS;
  const QUARTER_MS = 15 * MINUTE_MS;

  test('that no load has covered are merged, to hours and then to days, and never get lower', async () => {
    const { env } = await setUp('merged');
    const [recent, old, oldest] = [hourAgo(2), hourAgo(10), Math.floor(hourAgo(50) / DAY_MS) * DAY_MS];
    await fill(env, [
      [recent, QUARTER_MS, 1, 2],
      [old, QUARTER_MS, 5, 2],
      [old + QUARTER_MS, QUARTER_MS, 9, 2],
      [old + 2 * QUARTER_MS, MINUTE_MS, 7, 2],
      [old + HOUR_MS, QUARTER_MS, 3, 2],
      [oldest, QUARTER_MS, 11, 2],
      [oldest + 5 * HOUR_MS, HOUR_MS, 12, 2],
      [oldest + 9 * HOUR_MS, MINUTE_MS, 2, 2],
    ]);
    await recordLoads(env, [
      [old, 5],
      [old + HOUR_MS, 3],
      [oldest, 0],
      [oldest + 5 * HOUR_MS, 0],
      [oldest + 9 * HOUR_MS, 0],
    ]);
    const store = marksIn(env.db, env.names);
    const expected = [
      [oldest, DAY_MS, 12],
      [old, HOUR_MS, 9],
      [old + HOUR_MS, HOUR_MS, 3],
      [recent, QUARTER_MS, 1],
    ];
    for (let times = 0; times < 2; times++) {
      await store.tend();
      expect(await short(env)).toEqual(expected);
    }
    // A later event of that time still finds its mark.
    store.track({ stream: 'clicks', incarnation: INCARNATION, partition: 0 }, 0n).note(old, QUARTER_MS, 20);
    await store.stop();
    await store.tend();
    expect(await short(env)).toContainEqual([old, HOUR_MS, 20]);
  });

  test('that every load of their time has covered are dropped; those raised since yesterday are kept', async () => {
    const { env } = await setUp('dropped');
    const old = hourAgo(10);
    await fill(env, [
      [old, QUARTER_MS, 5, 2],
      [old + QUARTER_MS, QUARTER_MS, 6, 0],
      [old + HOUR_MS, QUARTER_MS, 8, 2],
      [old + 2 * HOUR_MS, QUARTER_MS, 8, 2],
    ]);
    // The second hour was covered up to the offset before its mark; the third was never loaded.
    await recordLoads(env, [
      [old, 100],
      [old + HOUR_MS, 8],
    ]);
    await marksIn(env.db, env.names).tend();
    expect(await short(env)).toEqual([
      [old, HOUR_MS, 6],
      [old + HOUR_MS, HOUR_MS, 8],
    ]);
  });

  test('of a table that no definition asks for any more are kept until its loads have covered them', async () => {
    const { env } = await setUp('retired');
    const old = hourAgo(10);
    await fill(env, [[old, HOUR_MS, 8, 2]]);
    await recordLoads(env, [[old, 8]], { table: 'retired_long_ago' });
    const store = marksIn(env.db, env.names);
    await store.tend();
    expect(await short(env)).toEqual([[old, HOUR_MS, 8]]);
    await recordLoads(env, [[old, 9]], { table: 'retired_long_ago' });
    await store.tend();
    expect(await short(env)).toEqual([]);
  });

  test('of a clean topic that was replaced go, with the topic itself, once every load has read the later one', async () => {
    const { env } = await setUp('replaced');
    const { db, names } = env;
    const later = 'b'.repeat(32);
    const old = hourAgo(10);
    await fill(env, [[old, HOUR_MS, 8, 2]]);
    await db.execute(`UPDATE ${names.storeSchema}.mark_progress SET first_at = '2026-01-01 00:00:00'`);
    await db.execute(
      `INSERT INTO ${names.storeSchema}.mark_progress (stream, incarnation, partition_no, clean_offset, first_at)
       VALUES ('clicks', ?, 0, 0, '2026-02-01 00:00:00')`,
      [later],
    );
    const store = marksIn(db, names);
    const known = async () => (await marksReaderIn(db, names).incarnations('clicks')).map(({ id }) => id);
    for (const topic of [undefined, INCARNATION]) {
      await recordLoads(env, [[old, 8]], topic === undefined ? {} : { topic });
      await store.tend();
      expect(await short(env)).toEqual([[old, HOUR_MS, 8]]);
      expect(await known()).toEqual([INCARNATION, later]);
    }
    await recordLoads(env, [[old, 0]], { topic: later });
    await store.tend();
    expect(await short(env)).toEqual([]);
    expect(await known()).toEqual([later]);
  });

  test('of the clean topic that replaced another are kept for the loads that read the earlier one', async () => {
    const { env } = await setUp('replacing');
    const old = hourAgo(10);
    await fill(env, [[old, HOUR_MS, 8, 2]]);
    await env.db.execute(
      `INSERT INTO ${env.names.storeSchema}.mark_progress
         (stream, incarnation, partition_no, clean_offset, first_at)
       VALUES ('clicks', ?, 0, 0, '2026-01-01 00:00:00')`,
      ['0'.repeat(32)],
    );
    await recordLoads(env, [[old, 100]], { topic: '0'.repeat(32) });
    await marksIn(env.db, env.names).tend();
    expect(await short(env)).toEqual([[old, HOUR_MS, 8]]);
  });

  /** Hours of a table, each with its coverage of partition 0. */
  async function recordLoads(
    { db, names }: IngestEnv,
    loads: [startMs: number, offset: number][],
    { table = 'hourly', topic }: { table?: string; topic?: string } = {},
  ) {
    const ledger = ledgerIn(db, names);
    const instant = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
    for (const [startMs, offset] of loads) {
      await ledger.record(
        db,
        { ...loadOf(instant(startMs), instant(startMs + HOUR_MS)), table },
        {
          rows: 1,
          dataHash: 'd'.repeat(64),
          positions: {
            clicks: { '0': String(offset) },
            ...(topic === undefined ? {} : { [CLEAN_TOPICS]: { clicks: topic } }),
          },
        },
      );
    }
  }
});

const loadOf = (start: string, end: string) => ({
  table: 'hourly',
  interval: { start, end },
  loadId: '7',
  definitionHash: 'e'.repeat(64),
  trigger: 'manual',
  workflowId: 'by hand',
});

test('the ledger gives the rows of a table with coverage and hashes, page by page, the oldest first', async () => {
  const { env } = await setUp('ledger');
  const ledger = ledgerIn(env.db, env.names);
  const from = Date.parse('2026-01-01T00:00:00Z');
  const hours = 2_003;
  const values = Array.from({ length: hours }, (_, hour) => [
    ...['hourly', new Date(from + hour * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ')],
    ...[new Date(from + (hour + 1) * HOUR_MS).toISOString().slice(0, 19).replace('T', ' '), hour],
  ]);
  await env.db.execute(
    `INSERT INTO ${env.names.storeSchema}.ledger (tbl, interval_start, interval_end, load_id, staged_rows,
       definition_hash, data_hash, started_by, workflow_id, positions, loads, loaded_at)
     VALUES ${values.map(() => `(?, ?, ?, ?, 1, 'e', 'd', 'manual', 'w', '{"clicks":{"0":"9"}}', 1, UTC_TIMESTAMP(3))`).join()}`,
    values.flat(),
  );
  const rows = [];
  for await (const row of ledger.rowsOf('hourly', '2026-01-01T01:00:00Z', ALWAYS.end)) rows.push(row);
  expect(rows.map(({ loadId }) => Number(loadId))).toEqual(
    Array.from({ length: hours - 1 }, (_, hour) => hour + 1),
  );
  expect(rows[0]).toMatchObject({
    intervalStart: '2026-01-01T01:00:00Z',
    intervalEnd: '2026-01-01T02:00:00Z',
    definitionHash: 'e',
    dataHash: 'd',
    coverage: { clicks: { '0': '9' } },
  });
  const upTo = [];
  for await (const row of ledger.rowsOf('hourly', ALWAYS.start, '2026-01-01T02:00:00Z'))
    upTo.push(row.loadId);
  expect(upTo).toEqual(['0', '1']);
});

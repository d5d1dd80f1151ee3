import { createHash } from 'node:crypto';
import kafkajs from 'kafkajs';
import { afterEach, describe, expect, test } from 'vitest';
import type { StreamDefinition } from '../../src/definition/definition.ts';
import type { AppliedStream } from '../../src/ingest/index.ts';
import { decodeCommit } from '../../src/store/commit.ts';
import { CLICKS, POISON, plannedClicks, quarterOf } from '../support/clicks.ts';
import { type IngestEnv, readDeadLetters, readTopic } from '../support/ingest-env.ts';
import { endIngestRuns, event, ingestRuns } from '../support/ingest-runs.ts';
import { waitUntil } from '../support/wait-until.ts';

const setUp = (name: string, stream?: StreamDefinition) => ingestRuns(`ingest.test.ts ${name}`, stream);

afterEach(endIngestRuns);

/** `quarter → last offset` by partition, out of the clean topic itself. */
function expectedMarks(clean: Awaited<ReturnType<typeof readTopic>>): Map<string, string> {
  const last = new Map<string, string>();
  for (const { partition, offset, value } of clean) last.set(`${partition} ${quarterOf(value)}`, offset);
  return new Map([...last].sort());
}

async function storedMarks({ db, names }: IngestEnv): Promise<Map<string, string>> {
  const rows = await db.query(`SELECT partition_no, start_ms, clean_offset FROM ${names.storeSchema}.marks`);
  return new Map(
    rows
      .map(
        (row) =>
          [`${String(row['partition_no'])} ${String(row['start_ms'])}`, String(row['clean_offset'])] as const,
      )
      .sort(),
  );
}

describe('the event path', () => {
  test('raw = clean + dead letters + duplicates, to the event, over 20,000 good, malformed, repeated and late ones', async () => {
    const { env, start } = await setUp('equation');
    const planned = plannedClicks(20_000, 7, CLICKS.partitions);
    const { stop } = await start();
    await env.produce(planned.map(({ message }) => message));
    await env.drained();
    await stop();

    const ofKind = (kind: string) => planned.filter((event) => event.kind === kind);
    expect(await env.counts()).toEqual({
      raw: 20_000,
      clean: ofKind('clean').length,
      dead: ofKind('dead').length,
      duplicate: ofKind('duplicate').length,
      filtered: 0,
    });
    const clean = await readTopic(env.plain, env.topics.clean);
    expect(clean.map(({ key }) => key).sort()).toEqual(
      ofKind('clean')
        .map(({ id }) => id)
        .sort(),
    );
    const sent = new Map(ofKind('clean').map(({ id, message }) => [id, message]));
    expect(clean.every(({ key, value }) => String(value) === sent.get(key ?? '')?.value)).toBe(true);
    expect(clean.every(({ key, partition }) => partition === sent.get(key ?? '')?.partition)).toBe(true);
    expect(await storedMarks(env)).toEqual(expectedMarks(clean));

    const dead = await readDeadLetters(env);
    expect(dead.map(({ key }) => key).sort()).toEqual(
      ofKind('dead')
        .map(({ id }) => id)
        .sort(),
    );
    expect(new Set(dead.map(({ headers }) => headers['reason']))).toEqual(
      new Set(POISON.map(([reason]) => reason)),
    );
  });

  test('a malformed event of nearly 1 MiB becomes a whole dead letter that says where it came from', async () => {
    const { env, start } = await setUp('large');
    const value = `{"id":"big","at":"2026-01-01T00:00:00Z","ms":1,"page":"${'x'.repeat(1_048_000 - 60)}"}`;
    await start();
    await env.produce([event('a'), { partition: 0, key: 'big', value }, event('b')]);
    await env.drained();
    const [dead] = await readDeadLetters(env);
    expect(dead?.headers).toMatchObject({
      topic: env.topics.raw,
      partition: '0',
      offset: '1',
      reason: 'TOO_LARGE',
    });
    expect(dead?.headers['sha256']).toBe(createHash('sha256').update(value).digest('hex'));
    expect(String(dead?.value)).toBe(value);
    expect(await env.counts()).toMatchObject({ raw: 3, clean: 2, dead: 1 });
  });

  test('events whose mistakes are told in Cyrillic do not stop their partition', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
    const numbers = names.map((name) => ({
      name,
      type: 'number' as const,
      nullable: false,
      optional: false,
    }));
    const { env, start, news } = await setUp('cyrillic', {
      ...CLICKS,
      fields: [...CLICKS.fields, ...numbers],
    });
    const wrong = Object.fromEntries(names.map((name) => [name, 'ж'.repeat(80)]));
    const rest = { at: '2026-03-01T10:00:00Z', page: '/', ms: null };
    await start();
    await env.produce(
      Array.from({ length: 2_000 }, (_, index) => ({
        partition: 0,
        value: JSON.stringify({ id: `e${index}`, ...rest, ...wrong }),
      })),
    );
    await env.drained();
    expect(await env.counts()).toMatchObject({ raw: 2_000, dead: 2_000 });
    expect(news).toEqual([]);
  });

  test('portions are halved for a topic whose limit was lowered by hand, until it takes them', async () => {
    const { env, start, news } = await setUp('lowered');
    await env.kafka.alterTopic(env.topics.clean, { 'max.message.bytes': '60000' });
    await start();
    await env.produce(
      Array.from({ length: 1_000 }, (_, index) => ({
        partition: 0,
        value: JSON.stringify({
          id: `e${index}`,
          at: '2026-03-01T10:00:00Z',
          page: 'x'.repeat(1_000),
          ms: null,
        }),
      })),
    );
    await env.drained();
    expect(await env.counts()).toMatchObject({ raw: 1_000, clean: 1_000, dead: 0, duplicate: 0 });
    expect(news.map(({ message }) => message).join()).not.toContain('stands still');
  });

  test('the committed position passes a tail of 10,000 aborted records and their markers', async () => {
    const { env, start } = await setUp('aborted');
    await start();
    await env.produce([event('before')]);
    const producer = env.plain.producer({
      transactionalId: `${env.names.env}-upstream`,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    for (let at = 0; at < 10_000; at += 1_000) {
      const messages = Array.from({ length: 1_000 }, (_, index) => event(`aborted${at + index}`));
      await transaction.send({ topic: env.topics.raw, messages });
    }
    await transaction.abort();
    await producer.disconnect();
    await env.drained(30_000);
    const committed = (await env.kafka.committed(env.group, env.topics.raw)).get(0);
    expect({ offset: committed?.offset, commit: decodeCommit(committed?.metadata) }).toMatchObject({
      offset: 10_002n,
      commit: { clean: 1n, counts: { raw: 1, clean: 1, dead: 0, duplicate: 0, filtered: 0 } },
    });
  });

  test('an id that was clean before a restart is a duplicate after it', async () => {
    const { env, start } = await setUp('restart');
    const ids = Array.from({ length: 3_000 }, (_, index) => `id${index}`);
    const messages = ids.map((id, index) => event(id, index % 4));
    const first = await start();
    await env.produce(messages);
    await env.drained();
    await first.stop();
    await env.produce(messages);
    await start();
    await env.drained();
    expect(await env.counts()).toEqual({ raw: 6_000, clean: 3_000, dead: 0, duplicate: 3_000, filtered: 0 });
    expect((await readTopic(env.plain, env.topics.clean)).length).toBe(3_000);
  });

  test('an id that comes again after the window is a new event, also after a restart', async () => {
    const { env, start } = await setUp('window', { ...CLICKS, dedupeMs: 1_500 });
    const first = await start();
    await env.produce([event('a')]);
    await env.drained();
    const since = Date.now();
    await waitUntil(() => Date.now() - since > 2_000, { timeoutMs: 10_000 });
    await env.produce([event('a'), event('a')]);
    await env.drained();
    await first.stop();
    await waitUntil(() => Date.now() - since > 5_000, { timeoutMs: 10_000 });
    await start();
    await env.produce([event('a')]);
    await env.drained();
    expect(await env.counts()).toMatchObject({ raw: 4, clean: 3, duplicate: 1 });
  });

  test('600 transactions of one event, then batches of duplicates alone, go through without an error', async () => {
    const { env, start } = await setUp('one by one');
    const { ingest } = await start();
    const producer = env.plain.producer();
    await producer.connect();
    for (let index = 0; index < 600; index++) {
      await producer.send({ topic: env.topics.raw, messages: [event(`one${index}`, index % 4)] });
    }
    for (let index = 0; index < 100; index++) {
      await producer.send({ topic: env.topics.raw, messages: [event(`one${index}`, index % 4)] });
    }
    await producer.disconnect();
    await env.drained();
    expect(await env.counts()).toMatchObject({ raw: 700, clean: 600, duplicate: 100 });
    expect(ingest.health()[0]).not.toHaveProperty('error');
  });

  test('events flow while MariaDB is away, and the marks are rebuilt from the clean topic', async () => {
    const { env, start } = await setUp('marks', { ...CLICKS, dedupeMs: 0 });
    const blind = await start({ mariadb: { ...env.config.mariadb, port: 1 } });
    await env.produce(plannedClicks(2_000, 3, 4).map(({ message }) => message));
    await env.drained();
    await blind.stop();
    expect(await storedMarks(env)).toEqual(new Map());
    await start();
    const expected = expectedMarks(await readTopic(env.plain, env.topics.clean));
    await waitUntil(async () => (await storedMarks(env)).size === expected.size, { timeoutMs: 20_000 });
    expect(await storedMarks(env)).toEqual(expected);
  });

  test('a stream that is applied later starts without a restart, and a changed check takes over between two batches', async () => {
    const { env, start } = await setUp('applied later');
    const applied: AppliedStream[] = [];
    const { ingest } = await start({ streams: async () => applied });
    expect(ingest.health()).toEqual([]);
    applied.push({ definition: CLICKS, hash: 'one' });
    await env.produce([event('a')]);
    await env.drained();
    await waitUntil(() => ingest.health()[0]?.state === 'running', { timeoutMs: 60_000 });
    const stricter = CLICKS.fields.map((field) =>
      field.name === 'ms' ? { ...field, nullable: false } : field,
    );
    applied[0] = { definition: { ...CLICKS, fields: stricter }, hash: 'two' };
    await waitUntil(
      async () => {
        await env.produce([event(`try${Math.random()}`)]);
        await env.drained();
        return (await env.counts()).dead > 0;
      },
      { timeoutMs: 15_000 },
    );
    applied.pop();
    await waitUntil(() => ingest.health().length === 0, { timeoutMs: 60_000 });
  });

  test('a topic in a codec that cannot be read shows in the health by name, and the process lives on', async () => {
    const { env, start } = await setUp('codec');
    const { ingest } = await start();
    await produceInSnappy(env, [event('z'), event('y')]);
    await waitUntil(() => ingest.health()[0]?.state === 'waiting', {
      timeoutMs: 30_000,
      saw: () => JSON.stringify(ingest.health()),
    });
    expect(ingest.health()[0]?.error).toMatchObject({ code: 'TOPIC_UNREADABLE' });
    expect(ingest.health()[0]?.error?.message).toContain('Snappy');
  });
});

/** kafkajs has no Snappy; a block of one literal is valid, and all that a short batch needs. */
async function produceInSnappy(
  { plain, topics }: IngestEnv,
  messages: ReturnType<typeof event>[],
): Promise<void> {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const original = CompressionCodecs[CompressionTypes.Snappy];
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => {
      const length = buffer.length;
      const head = [(length & 0x7f) | 0x80, length >> 7, 61 << 2, (length - 1) & 0xff, (length - 1) >> 8];
      return Buffer.concat([Buffer.from(head), buffer]);
    },
  });
  const producer = plain.producer();
  await producer.connect();
  await producer.send({ topic: topics.raw, messages, compression: CompressionTypes.Snappy });
  await producer.disconnect();
  CompressionCodecs[CompressionTypes.Snappy] = original;
}

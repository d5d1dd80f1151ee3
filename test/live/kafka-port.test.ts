import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKafkaClient } from '../../src/clients/kafka/index.ts';
import {
  type BatchContext,
  Fenced,
  type KafkaClient,
  type OutRecord,
  type Range,
  Rebalancing,
  type SourceBatch,
  type SourceHandlers,
} from '../../src/clients/kafka/port.ts';
import { loadConfig, type Overrides } from '../../src/config.ts';
import { deferred } from '../../src/deferred.ts';
import { waitUntil } from '../support/wait-until.ts';

/** What an adapter is made by: the settings that differ from the stack's, and how its groups and clients begin. */
type Create = (prefix: string, overrides?: Overrides) => KafkaClient;

/** Every adapter passes the same suite. A second one is one line more. */
const ADAPTERS: [name: string, create: Create][] = [
  ['kafkajs', (prefix, overrides = {}) => createKafkaClient(loadConfig(overrides).kafka, prefix)],
];

const prefixOf = (name: string) =>
  `t${createHash('sha256').update(`port ${name}`).digest('hex').slice(0, 8)}`;

describe.each(ADAPTERS)('Kafka over %s', (name, create) => {
  const prefix = `${prefixOf(name)}${Date.now()}`;
  const kafka = create(prefix);
  const made: string[] = [];
  const groups: string[] = [];

  // A broker that has just started has no coordinator yet, for a moment: whoever opens a producer tries again.
  beforeAll(async () => {
    const topic = await topicOf('first');
    const isWritten = () =>
      write(topic, ['first']).then(
        () => true,
        () => false,
      );
    await waitUntil(isWritten, { timeoutMs: 30_000 });
  });
  afterAll(async () => {
    await kafka.deleteGroups(groups).catch(() => undefined);
    await kafka.deleteTopics(made);
    await kafka.close();
  });

  /** A topic of this run. */
  async function topicOf(what: string, partitions = 1, config: Record<string, string> = {}): Promise<string> {
    const topic = `${prefix}.${what}`;
    await kafka.ensureTopics([{ topic, partitions, config }]);
    if (!made.includes(topic)) made.push(topic);
    // What the controller has decided, the broker knows a moment later.
    const isKnown = () =>
      kafka.bounds(topic).then(
        ({ size }) => size === partitions,
        () => false,
      );
    await waitUntil(isKnown, { timeoutMs: 20_000 });
    return topic;
  }

  /** A group of this run. */
  function groupOf(what: string): string {
    groups.push(`${prefix}.${what}`);
    return `${prefix}.${what}`;
  }

  /** Opens a producer, and so ends whatever the last one of this id left open. */
  const opened = (what: string) => kafka.openProducer(`${prefix}.${what}`);

  /** One transaction of some values in partition 0. @returns the offset of the first */
  async function write(topic: string, values: (string | OutRecord)[]): Promise<number> {
    const producer = await opened(topic);
    const records = values.map((value) => (typeof value === 'string' ? record(value) : value));
    const at = await producer.send(topic, records);
    await producer.commit({ group: groupOf('writer'), topic, partition: 0, offset: 0n, metadata: '' });
    await producer.close();
    return at;
  }

  /** Writes values that no committed reader may ever see. */
  async function writeAborted(topic: string, values: string[]): Promise<void> {
    const producer = await opened(topic);
    await producer.send(
      topic,
      values.map((value) => record(value)),
    );
    await producer.close();
    await (await opened(topic)).close();
  }

  async function read(range: Range): Promise<string[]> {
    const values: string[] = [];
    await kafka.readRange(range, (records) => void values.push(...records.map(({ value }) => String(value))));
    return values;
  }

  /** All that a committed reader sees of partition 0. */
  async function readAll(topic: string): Promise<string[]> {
    const { low, high } = await kafka.boundsAt(topic, 0);
    return read({ topic, partition: 0, from: low, to: high });
  }

  test('the end of a partition lies behind a transaction that is still open, and its bounds before it', async () => {
    const topic = await topicOf('open', 2);
    const producer = await opened(topic);
    await producer.send(topic, [record('hidden'), record('hidden')]);
    expect((await kafka.bounds(topic)).get(0)?.high).toBe(0n);
    const ends = [
      [0, 2n],
      [1, 0n],
    ] as const;
    expect(await kafka.ends(topic)).toEqual(new Map(ends));
    await producer.close();
    await kafka.growTopic(topic, 3);
    await waitUntil(async () => (await kafka.ends(topic)).size === 3, { timeoutMs: 20_000 });
  });

  describe('topics', () => {
    test('are made where they are missing, listed, and grown', async () => {
      const [one, two] = [`${prefix}.one`, `${prefix}.two`];
      made.push(one, two);
      const specs = [one, two].map((topic) => ({ topic, partitions: 2, config: {} }));
      expect(await kafka.ensureTopics(specs.slice(0, 1))).toEqual([one]);
      expect(await kafka.ensureTopics(specs)).toEqual([two]);
      expect(await kafka.ensureTopics(specs)).toEqual([]);
      expect(await kafka.topics()).toEqual(expect.arrayContaining([one, two]));
      await kafka.growTopic(one, 5);
      await waitUntil(async () => (await kafka.topicPartitions(one)) === 5, { timeoutMs: 20_000 });
      expect(await kafka.topicPartitions(two)).toBe(2);
    });

    test('tell their settings, and which of them were set on the topic itself', async () => {
      const plain = await topicOf('plain');
      const topic = await topicOf('settings', 1, { 'retention.ms': '1000', 'max.message.bytes': '2000' });
      const settings = await kafka.topicSettings([topic, `${prefix}.missing`, plain]);
      expect([...settings.keys()].sort()).toEqual([plain, topic].sort());
      expect(settings.get(topic)?.get('retention.ms')).toEqual({ value: '1000', isOwn: true });
      expect(settings.get(topic)?.get('cleanup.policy')).toEqual({ value: 'delete', isOwn: false });
      expect(settings.get(plain)?.get('retention.ms')).toMatchObject({ isOwn: false });
      expect(await kafka.topicSettings([])).toEqual(new Map());
    });

    test('take a changed setting, and keep the others', async () => {
      const topic = await topicOf('altered', 1, { 'retention.ms': '1000', 'max.message.bytes': '2000' });
      await kafka.alterTopic(topic, { 'retention.ms': '86400000', 'segment.ms': '60000' });
      const own = async () => {
        const settings = (await kafka.topicSettings([topic])).get(topic) ?? [];
        return new Map([...settings].flatMap(([key, { value, isOwn }]) => (isOwn ? [[key, value]] : [])));
      };
      const wanted = { 'retention.ms': '86400000', 'segment.ms': '60000', 'max.message.bytes': '2000' };
      await waitUntil(async () => (await own()).size === 3, { timeoutMs: 10_000 });
      expect(Object.fromEntries(await own())).toEqual(wanted);
    });

    test('refuse a setting that is none, and one that is malformed, for good', async () => {
      const topic = await topicOf('refused');
      for (const settings of [{ 'no.such.setting': '1' }, { 'retention.ms': 'soon' }]) {
        const error = { code: 'KAFKA_REFUSED', retryable: false };
        await expect(kafka.alterTopic(topic, settings)).rejects.toMatchObject(error);
        const spec = { topic: `${prefix}.never`, partitions: 1, config: settings };
        await expect(kafka.ensureTopics([spec])).rejects.toMatchObject(error);
      }
    });

    test('have an id that only a topic made anew does not share', async () => {
      const topic = await topicOf('id');
      const id = await kafka.topicId(topic);
      expect(id).toMatch(/^[0-9a-f]{32}$/);
      expect(await kafka.topicId(await topicOf('id2'))).not.toBe(id);
      expect(await kafka.topicId(topic)).toBe(id);
      await kafka.deleteTopics([topic, `${prefix}.missing`]);
      await waitUntil(async () => (await kafka.topicId(topic)) === undefined, { timeoutMs: 20_000 });
      await topicOf('id');
      await waitUntil(async () => (await kafka.topicId(topic)) !== undefined, { timeoutMs: 20_000 });
      expect(await kafka.topicId(topic)).not.toBe(id);
    });

    test('that do not exist have no partitions, no id and no offsets', async () => {
      const missing = `${prefix}.missing`;
      expect([await kafka.topicPartitions(missing), await kafka.topicId(missing)]).toEqual([
        undefined,
        undefined,
      ]);
      await expect(kafka.bounds(missing)).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
      const producer = await opened('missing');
      await expect(producer.send(missing, [record('lost')])).rejects.toMatchObject({
        code: 'KAFKA_UNAVAILABLE',
      });
      await producer.close();
      expect(await kafka.topics()).not.toContain(missing);
    });
  });

  describe('offsets', () => {
    test('begin and end where the records do, by partition', async () => {
      const topic = await topicOf('bounds', 2);
      expect(await kafka.bounds(topic)).toEqual(new Map([0, 1].map((each) => [each, { low: 0n, high: 0n }])));
      await write(topic, ['a', 'b']);
      // Two records and the marker of their transaction.
      await waitUntil(async () => (await kafka.boundsAt(topic, 0)).high === 3n, { timeoutMs: 10_000 });
      expect(await kafka.boundsAt(topic, 1)).toEqual({ low: 0n, high: 0n });
      await expect(kafka.boundsAt(topic, 2)).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
    });

    test('of a time are those of the first record that is not older; the end where there is none', async () => {
      const topic = await topicOf('times');
      const start = Date.now() - 10_000;
      await write(topic, [record('old', start), record('new', start + 5_000)]);
      await waitUntil(async () => (await kafka.boundsAt(topic, 0)).high === 3n, { timeoutMs: 10_000 });
      expect(await kafka.offsetAt(topic, 0, start - 1)).toBe(0n);
      expect(await kafka.offsetAt(topic, 0, start + 1)).toBe(1n);
      // The marker of the transaction, which has a time of its own.
      expect(await kafka.offsetAt(topic, 0, start + 6_000)).toBe(2n);
      expect(await kafka.offsetAt(topic, 0, Date.now() + 60_000)).toBe(3n);
    });

    test('of a group come with what was committed beside them', async () => {
      const topic = await topicOf('positions', 3);
      const group = groupOf('positions');
      expect(await kafka.committed(group, topic)).toEqual(new Map());
      expect(await kafka.committedAt(group, topic, 0)).toBeUndefined();
      const producer = await opened('positions');
      await producer.commit({ group, topic, partition: 1, offset: 7n, metadata: '{"clean":"ü"}' });
      await producer.commit({ group, topic, partition: 2, offset: 8n, metadata: '' });
      await producer.close();
      await waitUntil(async () => (await kafka.committed(group, topic)).size === 2, { timeoutMs: 10_000 });
      expect(await kafka.committed(group, topic)).toEqual(
        new Map([
          [1, { offset: 7n, metadata: '{"clean":"ü"}' }],
          [2, { offset: 8n, metadata: '' }],
        ]),
      );
      await expect(kafka.committedAt(group, topic, 3)).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
      await kafka.deleteGroups([group]);
      expect(await kafka.committed(group, topic)).toEqual(new Map());
    });
  });

  describe('a transaction', () => {
    test('shows records and position together, and says at which offset each send began', async () => {
      const topic = await topicOf('commit');
      const group = groupOf('commit');
      const producer = await opened('commit');
      const offsets = [
        await producer.send(topic, [record('a'), record('b')]),
        await producer.send(topic, [record('c')]),
      ];
      expect(offsets).toEqual([0, 2]);
      expect((await kafka.boundsAt(topic, 0)).high).toBe(0n);
      expect(await kafka.committedAt(group, topic, 0)).toBeUndefined();
      await producer.commit({ group, topic, partition: 0, offset: 9n, metadata: 'nine' });
      await waitUntil(async () => (await kafka.boundsAt(topic, 0)).high === 4n, { timeoutMs: 10_000 });
      await waitUntil(async () => (await kafka.committedAt(group, topic, 0)) !== undefined, {
        timeoutMs: 10_000,
      });
      expect(await kafka.committedAt(group, topic, 0)).toEqual({ offset: 9n, metadata: 'nine' });
      // The next one has begun: the producer goes on without being opened anew.
      expect(await producer.send(topic, [record('d')])).toBe(4);
      await producer.commit({ group, topic, partition: 0, offset: 10n, metadata: '' });
      await producer.close();
      await waitUntil(async () => (await kafka.boundsAt(topic, 0)).high === 6n, { timeoutMs: 10_000 });
      expect(await readAll(topic)).toEqual(['a', 'b', 'c', 'd']);
    });

    test('keeps key, value, timestamp, headers and emptiness of a record', async () => {
      const topic = await topicOf('bytes');
      const producer = await opened('bytes');
      const value = Buffer.from([0, 255, 10]);
      await producer.send(topic, [
        { partition: 0, key: 'ü', value, timestamp: '1700000000000', headers: { reason: 'none' } },
        { partition: 0, key: null, value: null, timestamp: '1700000000001' },
      ]);
      await producer.commit({ group: groupOf('bytes'), topic, partition: 0, offset: 0n, metadata: '' });
      await producer.close();
      await waitUntil(async () => (await kafka.boundsAt(topic, 0)).high === 3n, { timeoutMs: 10_000 });
      const records: unknown[] = [];
      await kafka.readRange({ topic, partition: 0, from: 0n, to: 3n }, (some) => {
        for (const { key, value, offset, timestamp, headers } of some)
          records.push({ key, value, offset, timestamp, reason: headers?.['reason']?.toString() });
      });
      expect(records).toEqual([
        { key: Buffer.from('ü'), value, offset: '0', timestamp: '1700000000000', reason: 'none' },
        { key: null, value: null, offset: '1', timestamp: '1700000000001', reason: undefined },
      ]);
    });

    test('that is given up leaves nothing behind, once its id is taken over', async () => {
      const topic = await topicOf('abort');
      const group = groupOf('abort');
      await writeAborted(topic, ['never', 'never']);
      expect(await kafka.committedAt(group, topic, 0)).toBeUndefined();
      const at = await write(topic, ['seen']);
      expect(at).toBeGreaterThan(2);
      await waitUntil(async () => (await kafka.boundsAt(topic, 0)).high > BigInt(at), { timeoutMs: 10_000 });
      expect(await readAll(topic)).toEqual(['seen']);
    });

    test.each([
      ['sends', false],
      ['commits', true],
    ])('whose id another has taken over is fenced when it %s', async (what, hasSent) => {
      const topic = await topicOf(`fenced-${what}`);
      const position = { group: groupOf(`fenced-${what}`), topic, partition: 0, offset: 1n, metadata: '' };
      const first = await opened(topic);
      if (hasSent) await first.send(topic, [record('never')]);
      const second = await opened(topic);
      const late = hasSent ? first.commit(position) : first.send(topic, [record('never')]);
      await expect(late).rejects.toBeInstanceOf(Fenced);
      await second.send(topic, [record('seen')]);
      await second.commit(position);
      await Promise.all([first.close(), second.close()]);
      await waitUntil(async () => (await readAll(topic)).length > 0, { timeoutMs: 10_000 });
      expect(await readAll(topic)).toEqual(['seen']);
    });
  });

  describe('a source', () => {
    test('stands still until it is told where to start, then gives the records in their order', async () => {
      const topic = await topicOf('source', 2);
      await write(topic, ['a', 'b', 'c', 'd']);
      const { source, seen, assigned } = await follow(kafka, topic, groupOf('source'));
      expect(assigned()).toEqual([0, 1]);
      source.start(0, 1n);
      await waitUntil(() => seen.length >= 3, { timeoutMs: 20_000 });
      expect(seen.map(({ offset, value }) => [offset, String(value)])).toEqual([
        ['1', 'b'],
        ['2', 'c'],
        ['3', 'd'],
      ]);
      await write(topic, ['e']);
      await waitUntil(() => seen.length >= 4, { timeoutMs: 20_000 });
      expect(String(seen[3]?.value)).toBe('e');
      await source.stop();
    });

    test('passes stretches of aborted records and markers, and never shows one', async () => {
      const topic = await topicOf('passed');
      await write(topic, ['a']);
      await writeAborted(topic, ['never', 'never']);
      const { high } = await kafka.boundsAt(topic, 0);
      const { source, seen, reached } = await follow(kafka, topic, groupOf('passed'));
      source.start(0, 0n);
      await waitUntil(() => reached() === high, { timeoutMs: 20_000, saw: () => `${reached()} of ${high}` });
      expect(seen.map(({ value }) => String(value))).toEqual(['a']);
      await source.stop();
    });

    test('hears at its next heartbeat that another has joined, and is assigned what is left', async () => {
      const topic = await topicOf('joined', 2);
      const group = groupOf('joined');
      await write(topic, ['a']);
      const heard = deferred<unknown>();
      const beating = async (_batch: SourceBatch, context: BatchContext) => {
        const deadline = Date.now() + 20_000;
        try {
          while (Date.now() < deadline) await context.heartbeat();
        } catch (error) {
          heard.resolve(error);
          throw error;
        }
      };
      const first = await follow(kafka, topic, group, beating);
      first.source.start(0, 0n);
      const second = await follow(kafka, topic, group);
      expect(await heard.promise).toBeInstanceOf(Rebalancing);
      await waitUntil(() => first.assigned().length === 1, { timeoutMs: 20_000 });
      expect([...first.assigned(), ...second.assigned()].sort()).toEqual([0, 1]);
      await second.source.stop();
      await waitUntil(() => first.assigned().length === 2, { timeoutMs: 30_000 });
      await first.source.stop();
    });

    test('fails as a whole when a handler fails', async () => {
      const topic = await topicOf('crash');
      await write(topic, ['a']);
      const crashed = deferred<unknown>();
      const failing = () => Promise.reject(Object.assign(new Error('a fault'), { retriable: false }));
      const { source } = await follow(kafka, topic, groupOf('crash'), failing, crashed.resolve);
      source.start(0, 0n);
      expect(await crashed.promise).toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
      await source.stop();
    });
  });

  describe('reading a range', () => {
    test('gives exactly the records between its bounds, and ends where only markers and aborted ones are left', async () => {
      const topic = await topicOf('range');
      await write(topic, ['a', 'b', 'c']);
      await writeAborted(topic, ['never', 'never']);
      const at = await write(topic, ['d', 'e']);
      await writeAborted(topic, ['never']);
      const { high } = await kafka.boundsAt(topic, 0);
      expect(await read({ topic, partition: 0, from: 0n, to: high })).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(await read({ topic, partition: 0, from: 1n, to: BigInt(at) + 1n })).toEqual(['b', 'c', 'd']);
      expect(await read({ topic, partition: 0, from: 3n, to: BigInt(at) })).toEqual([]);
      expect(await read({ topic, partition: 0, from: BigInt(at) + 2n, to: high })).toEqual([]);
      expect(await read({ topic, partition: 0, from: 2n, to: 2n })).toEqual([]);
    });

    test("touches no other partition, and ends at 'enough'", async () => {
      const topic = await topicOf('enough', 3);
      const producer = await opened('enough');
      for (const partition of [0, 1, 2]) {
        await producer.send(topic, [{ ...record(`p${partition}`), partition }]);
        await producer.commit({ group: groupOf('enough'), topic, partition, offset: 0n, metadata: '' });
      }
      await producer.close();
      await waitUntil(async () => (await kafka.boundsAt(topic, 2)).high === 2n, { timeoutMs: 10_000 });
      expect(await read({ topic, partition: 1, from: 0n, to: 2n })).toEqual(['p1']);
      let calls = 0;
      // Its end is never reached: only 'enough' ends it.
      await kafka.readRange({ topic, partition: 1, from: 0n, to: 100n }, () => {
        calls++;
        return 'enough';
      });
      expect(calls).toBe(1);
    });

    test('is ended by its signal, and by a topic that is not there', async () => {
      const topic = await topicOf('signal');
      const stopping = new AbortController();
      const range = { topic, partition: 0, from: 0n, to: 100n };
      const reading = kafka.readRange(range, () => undefined, stopping.signal);
      stopping.abort();
      await expect(reading).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
      const missing = { ...range, topic: `${prefix}.missing` };
      await expect(kafka.readRange(missing, () => undefined)).rejects.toMatchObject({
        code: 'KAFKA_UNAVAILABLE',
      });
    });
  });

  describe('a broker that nobody reaches', () => {
    const gone = { MILLRACE_KAFKA_BROKERS: '127.0.0.1:1' };

    test('is an error that is repeated, whatever is asked', async () => {
      const client = create(prefix, gone);
      const unavailable = { code: 'KAFKA_UNAVAILABLE', retryable: true };
      const range = { topic: 'any', partition: 0, from: 0n, to: 1n };
      await Promise.all([
        expect(client.topics()).rejects.toMatchObject(unavailable),
        expect(client.topicId('any')).rejects.toMatchObject(unavailable),
        expect(client.alterTopic('any', { 'retention.ms': '1' })).rejects.toMatchObject(unavailable),
        expect(client.openProducer('any')).rejects.toMatchObject(unavailable),
        expect(client.readRange(range, () => undefined)).rejects.toMatchObject(unavailable),
        expect(client.source('any', 'any', 1).run(IDLE)).rejects.toMatchObject(unavailable),
      ]);
      await client.close();
    });
  });
});

const IDLE: SourceHandlers = {
  onAssigned: () => undefined,
  onBatch: async () => undefined,
  onPassed: () => undefined,
  onCrash: () => undefined,
};

function record(value: string, timestamp = Date.now()) {
  return { partition: 0, key: value, value: Buffer.from(value), timestamp: String(timestamp) };
}

/** A member of a group, once it has been assigned partitions; it writes down what it is given. */
async function follow(
  kafka: KafkaClient,
  topic: string,
  group: string,
  onBatch?: SourceHandlers['onBatch'],
  onCrash: SourceHandlers['onCrash'] = () => undefined,
) {
  const source = kafka.source(topic, group, 2);
  const seen: SourceBatch['records'][number][] = [];
  let assigned: readonly number[] | undefined;
  let reached = 0n;
  await source.run({
    onAssigned: (partitions) => (assigned = [...partitions].sort()),
    async onBatch(batch, context) {
      await onBatch?.(batch, context);
      seen.push(...batch.records);
      reached = batch.next;
      context.resolved(batch.next);
    },
    onPassed: (_partition, next) => (reached = next),
    onCrash,
  });
  await waitUntil(() => assigned !== undefined, { timeoutMs: 30_000 });
  return { source, seen, assigned: () => assigned ?? [], reached: () => reached };
}

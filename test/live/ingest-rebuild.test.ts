import { afterEach, describe, expect, test } from 'vitest';
import { decodeCommit, encodeCommit } from '../../src/store/commit.ts';
import type { StreamDefinition } from '../../src/definition/definition.ts';
import { differencesOf } from '../support/books.ts';
import { CLICKS, type Planned, plannedClicks } from '../support/clicks.ts';
import { type IngestEnv, readTopic } from '../support/ingest-env.ts';
import { endIngestRuns, event, type IngestRuns, ingestRuns } from '../support/ingest-runs.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeTopics } from '../support/make-topics.ts';

const setUp = (name: string, stream?: Partial<StreamDefinition>) =>
  ingestRuns(`ingest-rebuild.test.ts ${name}`, { ...CLICKS, ...stream });

afterEach(endIngestRuns);

const PARTITIONS = [0, 1, 2, 3];

const messagesOf = (planned: readonly Planned[]) => planned.map(({ message }) => message);

const cleanIdsOf = (planned: readonly Planned[]) =>
  planned.filter(({ kind }) => kind === 'clean').map(({ id }) => id);

/** Lets a worker process these, and stops it. */
async function processed({ env, start }: IngestRuns, messages: ReturnType<typeof messagesOf>): Promise<void> {
  const { stop } = await start();
  await env.produce(messages);
  await env.drained();
  await stop();
}

async function cleanIds({ plain, topics }: IngestEnv): Promise<(string | null)[]> {
  return (await readTopic(plain, topics.clean)).map(({ key }) => key).sort();
}

/** How the partitions were rebuilt, as the log says. */
const waysOf = ({ news }: IngestRuns) => news.flatMap(({ by }) => (by === undefined ? [] : [by]));

const deleteOffsets = ({ kafka, group }: IngestEnv) => kafka.deleteGroups([group]);

const resetToBeginning = (env: IngestEnv) => setPositions(env, () => 0n);

async function setPositions(
  { plain, group, topics }: IngestEnv,
  positionOf: (partition: number) => bigint,
): Promise<void> {
  const admin = plain.admin();
  await admin.connect();
  await admin.setOffsets({
    groupId: group,
    topic: topics.raw,
    partitions: PARTITIONS.map((partition) => ({ partition, offset: positionOf(partition).toString() })),
  });
  await admin.disconnect();
}

async function makeRawAnew({ kafka, names, topics }: IngestEnv, stream: StreamDefinition): Promise<void> {
  await kafka.deleteTopics([topics.raw]);
  await waitUntil(async () => (await kafka.topicPartitions(topics.raw)) === undefined, { timeoutMs: 30_000 });
  await makeTopics({ kafka, names }, [stream]);
}

/** As retention does, markers included. */
async function emptyPartition({ plain }: IngestEnv, topic: string, partition: number): Promise<void> {
  const admin = plain.admin();
  await admin.connect();
  // Without it, kafkajs does not know whom to ask.
  await admin.fetchTopicMetadata({ topics: [topic] });
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '-1' }] });
  await admin.disconnect();
}

describe('a stream whose committed positions are lost', () => {
  test.each([
    ['were deleted', deleteOffsets, CLICKS.dedupeMs],
    ['were reset by hand', resetToBeginning, CLICKS.dedupeMs],
    ['were deleted, with a window that is long over', deleteOffsets, 500],
    ['were deleted, without any window', deleteOffsets, 0],
  ])('neither loses nor doubles a clean event after its offsets %s', async (name, lose, dedupeMs) => {
    const runs = await setUp(name, { dedupeMs });
    const { env, start, news } = runs;
    const isKept = ({ kind }: Planned) => dedupeMs > 500 || kind !== 'duplicate';
    const planned = plannedClicks(6_000, 5, 4).filter(isKept);
    const before = planned.slice(0, 4_000);
    await processed(runs, messagesOf(before));
    const since = Date.now();
    if (dedupeMs === 500) await waitUntil(() => Date.now() - since > 1_000, { timeoutMs: 5_000 });
    await lose(env);

    const { ingest } = await start();
    // Before any new event: a load that waits for the stream goes on at once.
    await waitUntil(
      async () => {
        const committed = await env.kafka.committed(env.group, env.topics.raw);
        return PARTITIONS.every(
          (partition) => (decodeCommit(committed.get(partition)?.metadata)?.clean ?? 0n) > 0n,
        );
      },
      { timeoutMs: 30_000 },
    );
    await env.produce(messagesOf(planned.slice(4_000)));
    await env.drained();

    expect(await cleanIds(env)).toEqual(cleanIdsOf(planned).sort());
    expect(waysOf(runs)).toEqual(PARTITIONS.map(() => 'record'));
    expect(news[0]?.message).toContain('was lost');
    expect(ingest.health()[0]?.rebuilt).toEqual(PARTITIONS);
    const { raw, clean, dead, duplicate, filtered } = await env.counts();
    expect(raw).toBeGreaterThanOrEqual(planned.length - before.length);
    expect(clean + dead + duplicate + filtered).toBe(raw);
  });

  test('says so when it has to begin at the first record, and loses nothing', async () => {
    const runs = await setUp('old timestamps');
    const { env, start } = runs;
    const admin = env.plain.admin();
    await admin.connect();
    const configEntries = [{ name: 'message.timestamp.type', value: 'CreateTime' }];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: env.topics.raw, configEntries }],
    });
    await admin.disconnect();
    const daysAgo = (days: number) => ({ timestamp: String(Date.now() - days * 86_400_000) });
    await processed(runs, [{ ...event('a'), ...daysAgo(5) }]);
    await env.kafka.deleteGroups([env.group]);
    await env.produce([
      { ...event('b'), ...daysAgo(4) },
      { ...event('c'), ...daysAgo(0) },
    ]);
    await start();
    await env.drained();
    expect(await cleanIds(env)).toEqual(['a', 'b', 'c']);
    expect(waysOf(runs)).toEqual(['start']);
  });
});

describe('a stream that an operator has begin at a later record', () => {
  test('leaves out what is older, and its books balance', async () => {
    const { env, start } = await setUp('begun later');
    const planned = plannedClicks(600, 5, 4);
    await env.produce(messagesOf(planned.slice(0, 300)));
    const bounds = await env.kafka.bounds(env.topics.raw);
    await setPositions(env, (partition) => bounds.get(partition)?.high ?? 0n);
    await start();
    await env.produce(messagesOf(planned.slice(300)));
    await env.drained();
    expect((await env.counts()).raw).toBe(300);
    expect(await differencesOf(env, CLICKS)).toEqual([]);
  });
});

describe('a lost position beside a clean topic that retention has emptied', () => {
  test('still says that there were events, so that a load does not replace their rows by none', async () => {
    const runs = await setUp('emptied');
    const { env, start } = runs;
    await processed(runs, [event('a'), event('b')]);
    await emptyPartition(env, env.topics.raw, 0);
    await emptyPartition(env, env.topics.clean, 0);
    await env.kafka.deleteGroups([env.group]);

    const { stop } = await start();
    const cleanOf = async (partition: number) =>
      decodeCommit((await env.kafka.committedAt(env.group, env.topics.raw, partition))?.metadata)?.clean;
    let ends: (bigint | undefined)[] = [];
    await waitUntil(
      async () => {
        ends = [await cleanOf(0), await cleanOf(1)];
        return !ends.includes(undefined);
      },
      { timeoutMs: 30_000, saw: () => ends.join() },
    );
    expect(ends).toEqual([1n, 0n]);
    expect(waysOf(runs)).toEqual(['start']);

    await stop();
    await processed(runs, [event('c'), event('c')]);
    expect(await cleanIds(env)).toEqual(['c']);
    expect(await env.counts()).toEqual({ raw: 2, clean: 1, dead: 0, duplicate: 1, filtered: 0 });
  });
});

describe('a raw topic that is deleted and made anew', () => {
  test('loses no event, and one of the last window that is sent again is a duplicate', async () => {
    const runs = await setUp('anew');
    const { env, start } = runs;
    await processed(runs, [event('a'), event('b'), event('b', 1)]);
    await makeRawAnew(env, CLICKS);
    await env.produce([event('new'), event('b'), event('newer'), event('b', 1)]);
    await start();
    await env.drained();
    expect(await cleanIds(env)).toEqual(['a', 'b', 'b', 'new', 'newer']);
    expect(waysOf(runs)).toEqual(['time', 'time']);
    expect(await env.counts()).toEqual({ raw: 4, clean: 2, dead: 0, duplicate: 2, filtered: 0 });
  });

  test('is taken up by a worker that runs meanwhile', async () => {
    const { env, start } = await setUp('anew under a worker');
    await start();
    await env.produce([event('a'), event('b')]);
    await env.drained();
    await makeRawAnew(env, CLICKS);
    await env.produce([event('new'), event('b')]);
    await waitUntil(async () => (await cleanIds(env)).includes('new'), { timeoutMs: 60_000 });
    await env.drained();
    expect(await cleanIds(env)).toEqual(['a', 'b', 'new']);
  });

  test('is begun at its first record where the old position was kept, with the same window', async () => {
    const runs = await setUp('anew, position kept');
    const { env, start, news } = runs;
    await processed(runs, [event('a'), event('b')]);
    const kept = (await env.kafka.committed(env.group, env.topics.raw)).get(0)?.metadata;
    await makeRawAnew(env, CLICKS);
    await commitAt(env, 1_000n, kept ?? '');
    await env.produce([event('new'), event('b')]);
    await start();
    await waitUntil(async () => (await env.counts()).raw === 4, { timeoutMs: 30_000 });
    expect(await cleanIds(env)).toEqual(['a', 'b', 'new']);
    expect(news.map(({ message }) => message).join()).toContain('was deleted and made anew');
  });

  test('that has grown past the old position is read from its first record, too', async () => {
    const runs = await setUp('anew, grown');
    const { env, start } = runs;
    await processed(runs, [event('a')]);
    const kept = (await env.kafka.committed(env.group, env.topics.raw)).get(0);
    await makeRawAnew(env, CLICKS);
    await commitAt(env, kept?.offset ?? 0n, kept?.metadata ?? '');
    await env.produce([event('x'), event('y'), event('z')]);
    await start();
    await waitUntil(async () => (await env.counts()).raw === 4, { timeoutMs: 30_000 });
    expect(await cleanIds(env)).toEqual(['a', 'x', 'y', 'z']);
  });
});

/** As who has processed partition 0 up to there. */
async function commitAt(
  { kafka, names, group, topics }: IngestEnv,
  offset: bigint,
  metadata: string,
): Promise<void> {
  const keeper = await kafka.openProducer(`${names.env}-keeper`);
  await keeper.commit({ group, topic: topics.raw, partition: 0, offset, metadata });
  await keeper.close();
}

describe('a topic that has lost its last records, as after a power cut,', () => {
  test('goes on where it ends where it is the raw one: what was processed is not processed again, without any window', async () => {
    const runs = await setUp('raw cut', { dedupeMs: 0 });
    const { env, start, news } = runs;
    await processed(runs, [event('a'), event('b')]);
    const { offset = 0n, metadata = '' } =
      (await env.kafka.committed(env.group, env.topics.raw)).get(0) ?? {};
    await commitAt(env, offset + 5n, metadata);
    await start();
    await env.produce([event('c')]);
    await waitUntil(async () => (await env.counts()).raw === 3, {
      timeoutMs: 30_000,
      saw: () => JSON.stringify(news),
    });
    expect(await cleanIds(env)).toEqual(['a', 'b', 'c']);
    expect(news.map(({ message }) => message).join()).toContain('Kafka has lost its last records');
    expect(await differencesOf(env, { ...CLICKS, dedupeMs: 0 })).toEqual([]);
  });

  test('is named where it is the clean one, and nothing is written that Druid would skip', async () => {
    const runs = await setUp('clean cut');
    const { env, start, news } = runs;
    await processed(runs, [event('a')]);
    const { offset = 0n, metadata } = (await env.kafka.committed(env.group, env.topics.raw)).get(0) ?? {};
    const reached = decodeCommit(metadata);
    if (reached === undefined) throw new Error('nothing was committed');
    await commitAt(env, offset, encodeCommit({ ...reached, clean: 50n }));
    const { ingest } = await start();
    await env.produce([event('b')]);
    const state = () => ingest.health()[0];
    await waitUntil(() => Promise.resolve(state()?.error?.code === 'CLEAN_TOPIC_CUT'), {
      timeoutMs: 60_000,
      saw: () => JSON.stringify([state(), news]),
    });
    expect(state()).toMatchObject({ state: 'waiting' });
    expect(state()?.error?.message).toMatch(/clean\/0 ends at \d+, but it was written up to 50/);
    expect(await cleanIds(env)).toEqual(['a']);
    const [difference] = await differencesOf(env, CLICKS);
    expect(difference).toMatchObject({ side: 'clean', partition: 0 });
    expect(difference?.means).toContain('was written up to 50: it has lost its last records');
  });
});

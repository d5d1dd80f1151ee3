import { afterEach, expect, test, vi } from 'vitest';
import { encodeCommit, NO_COUNTS } from '../../../../src/store/commit.ts';
import type { EventSource, KafkaClient } from '../../../../src/clients/kafka/port.ts';
import { deferred } from '../../../../src/deferred.ts';
import type { StreamDefinition } from '../../../../src/definition/definition.ts';
import { MillraceError } from '../../../../src/errors.ts';
import { idBudget } from '../../../../src/ingest/path/memory/id-budget.ts';
import { startStreamWorker } from '../../../../src/ingest/membership/stream-worker.ts';
import { namesFor } from '../../../../src/names.ts';
import { CLICKS } from '../../../support/clicks.ts';
import { waitUntil } from '../../../support/wait-until.ts';

afterEach(() => void vi.useRealTimers());

const silent = () => undefined;

function startOver(kafka: Partial<KafkaClient>, definition: StreamDefinition = CLICKS) {
  return startStreamWorker(
    {
      kafka: kafka as KafkaClient,
      names: namesFor('unit'),
      marks: { track: () => ({ advance: silent, missingFrom: async () => undefined }) } as never,
      ids: idBudget(),
      log: { info: silent, warn: silent, error: silent },
    },
    { definition, hash: 'one' },
  );
}

const topicId = async () => 'one';

const source: EventSource = { run: async () => undefined, start: silent, stop: async () => undefined };

/** A stream's worker in a cluster without an event. `ran`: the raw topics whose consumer was started. */
function start(topicPartitions: KafkaClient['topicPartitions'], definition?: StreamDefinition) {
  const ran: string[] = [];
  const sourceOf = (topic: string) => ({ ...source, run: async () => void ran.push(topic) });
  return { worker: startOver({ topicPartitions, topicId, source: sourceOf }, definition), ran };
}

/** A cluster of one partition in which 93 records wait for ever. */
function stuckCluster(onRun: () => void): Partial<KafkaClient> {
  const committed = { offset: 7n, metadata: encodeCommit({ clean: 0n, counts: NO_COUNTS, newestMs: 0 }) };
  const bounds = { low: 0n, high: 100n };
  return {
    topicPartitions: async () => 1,
    topicId,
    bounds: async () => new Map([[0, bounds]]),
    boundsAt: async () => bounds,
    committed: async () => new Map([[0, committed]]),
    committedAt: async () => committed,
    openProducer: async () => ({
      send: async () => 0,
      commit: async () => undefined,
      close: async () => undefined,
    }),
    source: () => ({
      ...source,
      run: async ({ onAssigned }) => {
        onRun();
        onAssigned([0]);
      },
    }),
  };
}

test('a stream that Kafka refuses waits, says why, and takes nothing else down', async () => {
  const refusal = new MillraceError('KAFKA_REFUSED', 'TOPIC_AUTHORIZATION_FAILED');
  const { worker } = start(() => Promise.reject(refusal));
  await waitUntil(() => worker.health().state !== 'starting', { timeoutMs: 1_000, everyMs: 1 });
  expect(worker.health()).toMatchObject({
    state: 'waiting',
    error: { code: 'KAFKA_REFUSED', message: 'TOPIC_AUTHORIZATION_FAILED' },
  });
  await worker.stop();
});

test.each([
  ['topic', { topic: 'old' }, { topic: 'new' }, ['new']],
  ['window', { topic: 'old' }, { topic: 'old', dedupeMs: 1 }, ['old']],
  ['check', { topic: 'old' }, { topic: 'old', fields: CLICKS.fields.slice(1) }, ['old']],
])(
  'a %s that changes while the topics are looked up is the one that the consumer starts with',
  async (what, before, after, expected) => {
    const lookedUp = deferred<number>();
    const asked: string[] = [];
    const { worker, ran } = start(
      (topic) => {
        asked.push(topic);
        return lookedUp.promise;
      },
      { ...CLICKS, ...before },
    );
    worker.update({ definition: { ...CLICKS, ...after }, hash: 'two' });
    lookedUp.resolve(4);
    await waitUntil(() => ran.length > 0, { timeoutMs: 1_000, everyMs: 1 });
    await worker.stop();
    expect(ran).toEqual(expected);
    // Raw twice, clean, dead: once for a check, and once more for what needs another consumer.
    expect(asked.length).toBe(what === 'check' ? 4 : 8);
  },
);

test('a consumer that stands still is built anew after 30 s, and then after twice as long each time', async () => {
  // Not the pauses in between, which are short.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const ranMs: number[] = [];
  const worker = startOver(stuckCluster(() => ranMs.push(Date.now())));
  await waitUntil(() => ranMs.length > 0, { timeoutMs: 2_000 });
  for (const stalls of [1, 2, 3]) {
    do await vi.advanceTimersByTimeAsync(2_000);
    while (worker.health().state !== 'recovering');
    await waitUntil(() => ranMs.length > stalls, { timeoutMs: 2_000 });
  }
  await worker.stop();
  const gaps = ranMs.slice(1).map((at, index) => at - (ranMs[index] ?? 0));
  expect(gaps).toEqual([32_000, 62_000, 122_000]);
});

/** A stream whose Kafka stops to answer when it is told to, and answers again when it is told to. */
async function startBeforeSilence(cluster: Partial<KafkaClient> = {}) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  let answering = deferred<void>();
  answering.resolve();
  let isRunning = false;
  const worker = startOver({
    ...stuckCluster(() => void (isRunning = true)),
    bounds: async () => {
      await answering.promise;
      return new Map([[0, { low: 0n, high: 7n }]]);
    },
    ...cluster,
  });
  await waitUntil(() => isRunning, { timeoutMs: 2_000 });
  return {
    worker,
    fallSilent: () => void (answering = deferred<void>()),
    answer: () => answering.resolve(),
    /** Its health once it is in this state, or after 20 s. */
    async healthOnce(state: string) {
      for (let looks = 0; looks < 10 && worker.health().state !== state; looks++) {
        await vi.advanceTimersByTimeAsync(2_000);
      }
      return worker.health();
    },
  };
}

test('a consumer whose Kafka answers nothing for 15 s says so, and runs again once it is heard', async () => {
  const { worker, fallSilent, answer, healthOnce } = await startBeforeSilence();
  expect(await healthOnce('running')).not.toHaveProperty('error');
  fallSilent();
  expect(await healthOnce('waiting')).toMatchObject({
    state: 'waiting',
    error: { code: 'KAFKA_UNAVAILABLE', message: expect.stringMatching(/not answered for 1\d s/) as string },
  });
  answer();
  expect(await healthOnce('running')).not.toHaveProperty('error');
  await worker.stop();
});

test('a Kafka that is heard again is no longer called silent, though no lane of ours is open yet', async () => {
  // As a lane that reads back a long window of ids: it is not open for minutes.
  const opening = deferred<never>();
  const openProducer = () => opening.promise;
  const { worker, fallSilent, answer, healthOnce } = await startBeforeSilence({ openProducer });
  fallSilent();
  expect(await healthOnce('waiting')).toMatchObject({ error: { code: 'KAFKA_UNAVAILABLE' } });
  answer();
  const health = await healthOnce('starting');
  expect(health).toMatchObject({ state: 'starting' });
  expect(health).not.toHaveProperty('error');
  const stopped = worker.stop();
  opening.reject(new Error('the worker stops'));
  await stopped;
});

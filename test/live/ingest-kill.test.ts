import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { decodeCommit } from '../../src/store/commit.ts';
import { differencesOf } from '../support/books.ts';
import type { Child } from '../support/child.ts';
import { CLICKS, type Planned, plannedClicks } from '../support/clicks.ts';
import { proofSeed, recordProof } from '../support/proof-result.ts';
import { seeded } from '../support/seeded.ts';
import { type IngestEnv, openIngestEnv, readDeadLetters, readTopic } from '../support/ingest-env.ts';
import { startIngestProcess } from '../support/ingest-process.ts';
import { watchTransactions } from '../support/open-transactions.ts';
import { waitUntil } from '../support/wait-until.ts';

const SEED = proofSeed(2_026);
/** Each costs the 10 s after which Kafka gives a dead member up; proofs ask for more than every test run can pay. */
const KILLS = Number(process.env['MILLRACE_KILLS'] ?? 3);
/** A guard against a hang alone. The later a kill, the more ids a new worker reads back before it goes on. */
const PROGRESS_WITHIN_MS = 120_000;
/** More than a worker gets through before its kill: there is always something left to write. */
const EVENTS = 25_000 * (KILLS + 1);
/** A guard against a hang alone: what the kills have left is written within seconds on a machine that does nothing else. */
const DRAINED_WITHIN_MS = 60_000 + EVENTS / 2;

async function feed(env: IngestEnv, planned: readonly Planned[]): Promise<void> {
  for (let at = 0; at < planned.length; at += 1_000) {
    await env.produce(planned.slice(at, at + 1_000).map(({ message }) => message));
  }
}

async function expectExact(env: IngestEnv, planned: readonly Planned[]): Promise<void> {
  const idsOf = (kind: string) => planned.filter((event) => event.kind === kind).map(({ id }) => id);
  const clean = await readTopic(env.plain, env.topics.clean);
  const dead = await readDeadLetters(env);
  expect(clean.map(({ key }) => key).sort()).toEqual(idsOf('clean').sort());
  expect(dead.map(({ key }) => key).sort()).toEqual(idsOf('dead').sort());
  expect(await env.counts()).toEqual({
    raw: planned.length,
    clean: clean.length,
    dead: dead.length,
    duplicate: idsOf('duplicate').length,
    filtered: 0,
  });
  const ends = new Map<number, bigint>();
  for (const { partition, offset } of clean) ends.set(partition, BigInt(offset) + 1n);
  const committed = await env.kafka.committed(env.group, env.topics.raw);
  expect(
    new Map([...committed].map(([partition, { metadata }]) => [partition, decodeCommit(metadata)?.clean])),
  ).toEqual(new Map([...ends].sort(([a], [b]) => a - b)));
}

test(
  `a worker that is killed ${KILLS} times in the middle of its transactions delivers every event exactly once`,
  async () => {
    const env = await openIngestEnv(`ingest-kill.test.ts ${SEED}`);
    const watch = await watchTransactions(env.plain, env.topics.clean);
    const random = seeded(SEED);
    const planned = plannedClicks(EVENTS, SEED, CLICKS.partitions);
    let worker: Child | undefined;
    // Not in a `finally`: what fails there takes the place of what the test has found.
    onTestFinished(async () => {
      await worker?.kill('SIGKILL');
      await watch.close();
      await env.drop();
    });
    // All of it first: a worker that waits for events has no transaction to be killed in.
    await feed(env, planned);
    const recoveriesMs: number[] = [];
    let hits = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const before = (await env.counts()).raw;
      const started = Date.now();
      worker = await startIngestProcess(env.names.env, CLICKS);
      // It must get somewhere between two kills, else they prove nothing.
      await waitUntil(async () => (await env.counts()).raw > before, {
        timeoutMs: PROGRESS_WITHIN_MS,
        saw: () => `no progress after kill ${kill}: ${worker?.log().slice(-500) ?? ''}`,
      });
      recoveriesMs.push(Date.now() - started);
      await sleep(random() * 100);
      await waitUntil(() => watch.isOpen(), {
        timeoutMs: 30_000,
        everyMs: 1,
        saw: () => 'no open transaction',
      });
      await worker.kill('SIGKILL');
      // Nobody is left to end it: what is open now was open when the kill came.
      if (await watch.isOpen()) hits += 1;
    }
    worker = await startIngestProcess(env.names.env, CLICKS);
    await env.drained(DRAINED_WITHIN_MS);
    await expectExact(env, planned);
    expect(await differencesOf(env, CLICKS)).toEqual([]);
    const written = await readTopic(env.plain, env.topics.clean, true);
    const aborted = written.length - (await readTopic(env.plain, env.topics.clean)).length;
    expect(aborted, 'no kill fell into a transaction: the test has proved nothing').toBeGreaterThan(0);
    await recordProof('ingest-kill', {
      seed: SEED,
      kills: KILLS,
      killsInATransaction: hits,
      events: EVENTS,
      abortedCleanRecords: aborted,
      outcome: 'every event exactly once',
      recoveriesMs,
    });
  },
  60_000 * (KILLS + 2),
);

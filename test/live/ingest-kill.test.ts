import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Child } from '../support/child.ts';
import { CLICKS, type Planned, plannedClicks } from '../support/clicks.ts';
import { seeded } from '../support/seeded.ts';
import { type IngestEnv, openIngestEnv, readTopic } from '../support/ingest-env.ts';
import { startIngestProcess } from '../support/ingest-process.ts';
import { waitUntil } from '../support/wait-until.ts';

const SEED = 2_026;
/** Each costs the 10 s after which Kafka gives a dead member up; proofs ask for more than every test run can pay. */
const KILLS = Number(process.env['MILLRACE_KILLS'] ?? 3);
/** More than a worker gets through before its kill: it is in a transaction when that comes. */
const EVENTS_PER_KILL = 20_000;
const EVENTS = EVENTS_PER_KILL * (KILLS + 1);

async function feed(env: IngestEnv, planned: readonly Planned[]): Promise<void> {
  for (let at = 0; at < planned.length; at += 1_000) {
    await env.produce(planned.slice(at, at + 1_000).map(({ message }) => message));
  }
}

async function expectExact(env: IngestEnv, planned: readonly Planned[]): Promise<void> {
  const idsOf = (kind: string) => planned.filter((event) => event.kind === kind).map(({ id }) => id);
  const clean = await readTopic(env.plain, env.topics.clean);
  const dead = await readTopic(env.plain, env.topics.dead);
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
  expect(new Map([...committed].map(([partition, { metadata }]) => [partition, metadata?.clean]))).toEqual(
    new Map([...ends].sort(([a], [b]) => a - b)),
  );
}

test(
  `a worker that is killed ${KILLS} times at random moments under load delivers every event exactly once`,
  async () => {
    const env = await openIngestEnv('ingest-kill.test.ts');
    const random = seeded(SEED);
    const planned = plannedClicks(EVENTS, SEED, CLICKS.partitions);
    let worker: Child | undefined;
    try {
      const recoveriesMs: number[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const portion = planned.slice(kill * EVENTS_PER_KILL, (kill + 1) * EVENTS_PER_KILL);
        const before = (await env.counts()).raw;
        const started = Date.now();
        await feed(env, portion.slice(0, 1_000));
        worker = await startIngestProcess(env.names.env, CLICKS);
        // It must get somewhere between two kills, else they prove nothing.
        await waitUntil(async () => (await env.counts()).raw > before, {
          timeoutMs: 30_000,
          saw: () => `no progress after kill ${kill}`,
        });
        recoveriesMs.push(Date.now() - started);
        const feeding = feed(env, portion.slice(1_000));
        await sleep(50 + random() * 300);
        await worker.kill('SIGKILL');
        await feeding;
      }
      await feed(env, planned.slice(KILLS * EVENTS_PER_KILL));
      worker = await startIngestProcess(env.names.env, CLICKS);
      await env.drained(60_000);
      await expectExact(env, planned);
      const written = await readTopic(env.plain, env.topics.clean, true);
      const aborted = written.length - (await readTopic(env.plain, env.topics.clean)).length;
      console.log(
        `seed ${SEED} · kills ${KILLS} · events ${EVENTS} · aborted clean records ${aborted} · recoveries ms ${recoveriesMs.join(' ')}`,
      );
      expect(aborted, 'no kill fell into a transaction: the test has proved nothing').toBeGreaterThan(0);
    } finally {
      await worker?.kill('SIGKILL');
      await env.drop();
    }
  },
  30_000 * (KILLS + 2),
);

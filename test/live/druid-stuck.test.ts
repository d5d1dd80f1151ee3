import { execFileSync } from 'node:child_process';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readStatus, type Status } from '../../src/cli/status/read-status.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { pendingFailure } from '../support/pending-failure.ts';
import { plainProducer } from '../support/plain-producer.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOUR = '2026-01-05T07:00:00Z';
const SLOT = '2026-01-05T08:00:00Z';

/** A stream in two partitions, and how many events each hour has. */
const counted = (name: string) => `
export const ${name} = stream('${name}', {
  event: z.object({ id: z.string(), at: z.iso.datetime() }),
  id: 'id',
  time: 'at',
  partitions: 2,
});
export const ${name}Hourly = rollup('${name}_hourly', {
  every: every.hour(),
  time: 'hour',
  key: ['hour'],
  row: z.object({ hour: z.iso.datetime(), events: z.int() }),
  sql: sql\`SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", COUNT(*) AS events
    FROM \${${name}} WHERE \${interval} GROUP BY 1\`,
});`;
const STREAMS = ['hung', 'quiet', 'short'];
const FILE = `import { every, interval, rollup, sql, stream, z } from 'millrace';${STREAMS.map(counted).join('')}`;
/** Their keys lie in both partitions. */
const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];
const MORE_IDS = ['g', 'h', 'i', 'j', 'k', 'l'];

let env: LiveEnv;
let admin: Admin;

beforeAll(async () => {
  env = await liveEnv('druid stuck', { 'streams.ts': FILE });
  const { brokers } = env.config.kafka;
  admin = new Kafka({ brokers, clientId: 'retention', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await env.apply();
  await env.worker({ roles: 'live,ingest' });
  for (const name of STREAMS) await send(name, IDS);
  for (const name of STREAMS) await inDruid(name, IDS.length);
});

afterAll(async () => {
  await admin.disconnect();
  await env.close();
});

const datasource = (name: string) => env.names.datasource({ name, version: 1 });

async function send(name: string, ids: readonly string[]): Promise<void> {
  const producer = await plainProducer(env.config.kafka.brokers, env.names.rawTopic({ name }));
  await producer.send(ids.map((id) => ({ id, at: '2026-01-05T07:12:00Z' })));
  await producer.close();
}

async function inDruid(name: string, events: number): Promise<void> {
  let seen: unknown;
  const count = async () => {
    const [row] = await env.druid.rows(`SELECT COUNT(*) AS n FROM "${datasource(name)}"`);
    return (seen = row?.['n']) === events;
  };
  await waitUntil(() => count().catch((error: unknown) => ((seen = error), false)), {
    timeoutMs: 60_000,
    saw: () => `${name}: ${String(seen)}`,
  });
}

async function written(name: string, events: number): Promise<void> {
  let seen = 0;
  await waitUntil(
    async () => {
      const { streams } = await statusNow();
      seen = streams.find(({ stream }) => stream === name)?.clean ?? 0;
      return seen === events;
    },
    { timeoutMs: 30_000, saw: () => seen },
  );
}

/** Has the only task of a stream stop reading, as one that hangs. */
async function pause(name: string): Promise<void> {
  const status = await env.druid.supervisorStatus(datasource(name));
  const [task] = await env.druid.runningTasks(datasource(name));
  const answer = await fetch(`${env.config.druid.url}/druid/indexer/v1/task/${task}/status`);
  const { location } = ((await answer.json()) as { status: { location: { host: string; port: number } } })
    .status;
  const url = `http://${location.host}:${location.port}/druid/worker/v1/chat/${task}/pause`;
  const paused = await fetch(url, { method: 'POST' });
  expect(paused.status, `${await paused.text()} ${JSON.stringify(status)}`).toBe(200);
}

async function supervisor(name: string, order: 'suspend' | 'resume'): Promise<void> {
  const url = `${env.config.druid.url}/druid/indexer/v1/supervisor/${datasource(name)}/${order}`;
  const answer = await fetch(url, { method: 'POST' });
  expect(answer.status).toBe(200);
}

/** Has Druid publish what it has read, and store how far that is. */
async function suspend(name: string): Promise<void> {
  const id = datasource(name);
  let seen: unknown;
  const saw = () => `${name}: ${JSON.stringify(seen)}`;
  // A supervisor tells those tasks alone to publish that it has found, which takes it some seconds.
  const isFound = async () => {
    const [task] = (await env.druid.supervisorStatus(id))?.activeTasks ?? [];
    seen = task;
    return Object.keys(task?.currentOffsets ?? {}).length > 0;
  };
  await waitUntil(isFound, { timeoutMs: 60_000, everyMs: 500, saw });
  await supervisor(name, 'suspend');
  const isPublished = async () => {
    // Asked for the segments, the coordinator hears of those that the task waits for.
    const used = await env.druid.usedSegments(id);
    const running = await env.druid.runningTasks(id);
    seen = [[...used], running];
    return used.size > 0 && running.length === 0;
  };
  await waitUntil(isPublished, { timeoutMs: 120_000, everyMs: 500, saw });
}

/** As retention does: a commit's marker goes with the last records. */
async function emptyTopic(name: string): Promise<void> {
  const topic = env.names.cleanTopic(name);
  await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = [0, 1].map((partition) => ({ partition, offset: '-1' }));
  await admin.deleteTopicRecords({ topic, partitions });
}

const statusNow = () => readStatus({ ...env.config, homeDir: env.folder() });

/** Waits until status says so of a stream. @returns its problems by then */
async function problemsOnce(name: string, holds: (seen: string, druid: unknown) => boolean): Promise<string> {
  let problems = '';
  let seen: Status['streams'][number] | undefined;
  await waitUntil(
    async () => {
      const status = await statusNow();
      seen = status.streams.find(({ stream }) => stream === name);
      problems = status.problems.filter((problem) => problem.startsWith(`stream ${name}:`)).join('\n');
      return holds(problems, seen?.druid);
    },
    { timeoutMs: 90_000, everyMs: 500, saw: () => `${JSON.stringify(seen)}\n${problems}` },
  );
  return problems;
}

const isWell = (problems: string, druid: unknown) => problems === '' && druid === 'supervised';

/** The events that a load of the hour finds, once it has ended. */
async function loaded(name: string): Promise<unknown> {
  const { result } = await env.start({ table: `${name}_hourly`, interval: HOUR });
  await result();
  const [row] = await env.rows(`${name}_hourly`);
  return row?.['events'];
}

async function detailsOnce(name: string, says: RegExp): Promise<void> {
  const run = env.names.workflowId(`${name}_hourly`, SLOT);
  let seen = '';
  const shows = async () => says.test((seen = await pendingFailure.details(env, run)));
  await waitUntil(shows, { timeoutMs: 60_000, saw: () => seen });
}

// Each waits for Druid most of the time, about a stream of its own.
it.concurrent(
  'where retention has taken only what Druid has read, a worker has Druid go on, and no event is lost or doubled',
  { timeout: 240_000 },
  async () => {
    await suspend('quiet');
    await emptyTopic('quiet');
    await supervisor('quiet', 'resume');
    await problemsOnce('quiet', isWell);
    await send('quiet', MORE_IDS);
    await inDruid('quiet', 12);
    expect(await loaded('quiet')).toBe('12');
  },
);

it.concurrent(
  'where retention has taken events that Druid had not read, status and the run that waits name them, and how to go on',
  { timeout: 240_000 },
  async () => {
    await suspend('short');
    await send('short', MORE_IDS);
    await written('short', 12);
    await emptyTopic('short');
    await supervisor('short', 'resume');
    const run = await env.start({ table: 'short_hourly', interval: HOUR });
    const lost = /offsets \d+ to \d+ of partition \d .* before Druid had read them/;
    expect(await problemsOnce('short', (seen) => lost.test(seen))).toMatch(lost);
    await detailsOnce('short', lost);
    // Druid names one partition after the other.
    await problemsOnce('short', (seen, druid) => {
      const [command] = /curl -X POST.*$/m.exec(seen) ?? [];
      if (command !== undefined) execFileSync('bash', ['-c', `${command} --fail --silent`]);
      return isWell(seen, druid);
    });
    await run.result();
    await send('short', ['m', 'n', 'o', 'p']);
    await inDruid('short', 10);
  },
);

it.concurrent(
  'a task that does not move while its clean topic does shows in status and in the run that waits, until it moves',
  { timeout: 180_000 },
  async () => {
    await pause('hung');
    await send('hung', ['later']);
    const run = await env.start({ table: 'hung_hourly', interval: HOUR });
    const stands = /does not move: .*partition \d.* offset \d+ .* \d+ s ago/;
    const isStuck = (seen: string, druid: unknown) => druid === 'stuck' && stands.test(seen);
    const problems = await problemsOnce('hung', isStuck);
    await detailsOnce('hung', stands);
    const [command = ''] = /curl -X POST.*$/m.exec(problems) ?? [];
    execFileSync('bash', ['-c', `${command} --fail --silent`]);
    await run.result();
    expect(await env.rows('hung_hourly')).toMatchObject([{ events: '7' }]);
    await problemsOnce('hung', isWell);
  },
);

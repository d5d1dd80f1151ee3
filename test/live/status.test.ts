import { afterAll, beforeAll, expect, it } from 'vitest';
import { readStatus, type Status } from '../../src/cli/read-status.ts';
import { ORDERS } from '../support/definitions.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

let env: LiveEnv;
let worker: WorkerProcess;

beforeAll(async () => {
  env = await liveEnv('status', { 'orders.ts': ORDERS });
  await env.apply();
});

afterAll(() => env.close());

/** Waits until the stream is in this state. @returns all that the status says by then */
async function statusOnce(state: string): Promise<Status> {
  let status: Status | undefined;
  await waitUntil(
    async () => {
      status = await readStatus(env.config);
      return status.streams[0]?.state === state;
    },
    { timeoutMs: 40_000, saw: () => JSON.stringify(status?.streams) },
  );
  return status ?? { servers: [], streams: [], tables: [], problems: [] };
}

it('a stream that nobody consumes is a problem, and says what to do', async () => {
  expect((await statusOnce('no worker')).problems).toEqual([
    expect.stringMatching(/^stream orders: no worker .* Start one: 'millrace worker'/),
  ]);
});

it('a stream whose consumer runs says so', async () => {
  worker = await env.worker();
  expect((await statusOnce('running')).problems).toEqual([]);
});

it('a stream whose topic is gone says what stands in its way', async () => {
  const topic = env.names.rawTopic({ name: 'orders' });
  await env.kafka.deleteTopics([topic]);
  const { problems } = await statusOnce('waiting');
  expect(problems.join('\n')).toMatch(/^stream orders: TOPIC_UNREADABLE: /m);
  expect(problems.join('\n')).toContain(topic);
});

it('a worker that was told to stop no longer counts', async () => {
  await worker.kill('SIGTERM');
  await statusOnce('no worker');
});

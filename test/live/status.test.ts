import { afterAll, beforeAll, expect, it } from 'vitest';
import { readStatus, type Status } from '../../src/cli/status/read-status.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { jsonVendor } from '../support/json-vendor.ts';
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

it('a table whose last run failed is named, with where to see it; one that succeeds takes it away', async () => {
  let status = 404;
  const vendor = await jsonVendor((url) =>
    status === 200
      ? { items: [{ hour: url.searchParams.get('from'), sensor: 'a', value: 1 }], next: null }
      : { status, body: '{}' },
  );
  const pulls = await liveEnv('status: failed run', { 'readings.ts': READINGS });
  const run = async () => {
    const { result } = await pulls.start({ table: 'readings', interval: '2026-01-05T07:00:00Z' });
    await result().catch(() => undefined);
  };
  const problemsAre = async (expected: unknown[]) => {
    let seen: string[] = [];
    await waitUntil(
      async () => {
        seen = (await readStatus(pulls.config)).problems;
        return seen.length === expected.length;
      },
      { timeoutMs: 20_000, saw: () => seen },
    );
    expect(seen).toEqual(expected);
  };
  try {
    await pulls.apply();
    await pulls.worker({ variables: { VENDOR_URL: vendor.url } });
    await run();
    const place = encodeURIComponent(pulls.names.workflowId('readings', '2026-01-05T08:00:00Z'));
    await problemsAre([expect.stringMatching(`^table readings: its last run failed: http.*${place}`)]);
    status = 200;
    await run();
    await problemsAre([]);
  } finally {
    await pulls.close();
    await vendor.close();
  }
});

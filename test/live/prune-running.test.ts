import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { apply } from '../../src/apply/index.ts';
import { plan } from '../../src/apply/plan.ts';
import { deferred, type Deferred } from '../../src/deferred.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { failureOf } from '../support/failure.ts';
import { jsonVendor, type Answer, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOUR = '2026-01-05T07:00:00Z';
const ANSWER: Answer = { items: [{ hour: HOUR, sensor: 'a', value: 1 }] };

let env: LiveEnv;
let vendor: JsonVendor;
/** What the vendor waits for before it answers. */
let released: Deferred<void>;

beforeAll(async () => {
  vendor = await jsonVendor(async () => {
    await released.promise;
    return ANSWER;
  });
  env = await liveEnv('prune running', { 'readings.ts': READINGS });
  await env.worker({ roles: 'live,bulk', variables: { VENDOR_URL: vendor.url } });
});

beforeEach(async () => {
  released = deferred<void>();
  vendor.requests.length = 0;
  env.define({ 'readings.ts': READINGS, 'orders.ts': ORDERS });
  await env.apply();
  env.define({ 'orders.ts': ORDERS });
});

afterAll(async () => {
  released.resolve();
  await env.close();
  await vendor.close();
});

const DROP = { prune: true, dropData: ['readings'] };
const withFiles = () => ({ ...env.config, pipelinesDir: env.folder() });

/** A run that has asked the vendor, and waits. */
async function waitingRun() {
  const run = await env.start({ table: 'readings', interval: HOUR });
  await waitUntil(() => vendor.requests.length > 0, { timeoutMs: 30_000, saw: () => 'no request' });
  return run;
}

it('a table is not dropped while a run loads it, and the run is named', async () => {
  const begun = await waitingRun();
  const id = env.names.workflowId('readings', '2026-01-05T08:00:00Z');
  for (const run of [apply, plan]) {
    await expect(run(withFiles(), DROP)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(`temporal workflow cancel --workflow-id '${id}'`) as string,
    });
  }
  released.resolve();
  expect(await begun.result()).toMatchObject({ rows: 1 });
  expect(await env.rows('readings')).toHaveLength(1);
  await waitUntil(async () => (await apply(withFiles(), DROP).catch(() => [])).length > 0, {
    timeoutMs: 30_000,
    saw: () => 'the run is still listed as running',
  });
});

it('a run whose table is dropped all the same fails for good, and says who dropped it', async () => {
  let run: Awaited<ReturnType<typeof waitingRun>> | undefined;
  await apply(withFiles(), {
    ...DROP,
    confirm: async () => {
      run = await waitingRun();
      return true;
    },
  });
  released.resolve();
  const failure = await failureOf(run?.result() ?? Promise.resolve());
  expect(failure, failure.message).toMatchObject({
    type: 'OBJECT_GONE',
    message: expect.stringContaining(
      "'npx millrace apply --prune --drop-data readings' dropped it",
    ) as string,
  });
});

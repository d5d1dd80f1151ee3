import type { BackfillInput, RefreshInput } from '../../src/load/messages.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { jsonVendor, type Answer, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { plainProducer } from '../support/plain-producer.ts';
import { waitUntil } from '../support/wait-until.ts';
import { historyToJson } from './history-json.ts';
import { parseHistory, storeHistory, withoutMachine } from './stored-history.ts';

const TICKS = `
import { every, pull, z } from 'millrace';
export const ticks = pull('ticks', {
  every: every.minutes(1), time: 'at', key: ['at'],
  http: { url: '{VENDOR_URL}/ticks', query: { from: '{start}' }, records: 'items' },
  row: z.object({ at: z.iso.datetime() }),
});
`;
const DAY = '2026-01-05';
const REFUSED: Answer = { status: 401, body: '{"error":"no"}' };

const hour = (n: number) => `${DAY}T${String(n).padStart(2, '0')}:00:00Z`;
const oneReading = (from: string): Answer => ({ items: [{ hour: from, sensor: 'a', value: 1 }] });

/** What the vendor answers for an hour of readings; of every other hour it sends one. */
const answers = new Map<string, () => Answer | Promise<Answer>>();

/**
 * Records the histories in `histories/` anew, from real runs on the stack that is up, in an env of its own. To be
 * run when a workflow changed and the old histories are no longer needed; CONTRIBUTING says when that is.
 */
async function main(): Promise<void> {
  const vendor = await jsonVendor((url) => {
    const from = url.searchParams.get('from') ?? '';
    if (url.pathname === '/ticks') return { items: [{ at: from }] };
    return answers.get(from)?.() ?? oneReading(from);
  });
  const env = await liveEnv('replay', { 'readings.ts': READINGS, 'orders.ts': ORDERS, 'ticks.ts': TICKS });
  try {
    await env.apply();
    await env.worker({ variables: { VENDOR_URL: vendor.url } });
    const scheduled = scheduledRun(env);
    await refreshes(env);
    await running(env, vendor);
    await backfills(env);
    await pages(env);
    await scheduled;
  } finally {
    await env.close();
    await vendor.close();
  }
}

async function scheduledRun(env: LiveEnv): Promise<void> {
  const slot = new Date(Math.ceil((Date.now() + 1_000) / 60_000) * 60_000);
  const workflowId = env.names.workflowId('ticks', slot.toISOString().replace('.000Z', 'Z'));
  const { workflow } = env.temporal;
  const isThere = () => workflow.getHandle(workflowId).describe().then(yes, no);
  await waitUntil(isThere, { timeoutMs: 90_000, saw: () => `no run ${workflowId}` });
  await store(env, 'refresh-pull-scheduled', workflowId);
}

async function refreshes(env: LiveEnv): Promise<void> {
  await canonical(env, 'refresh-pull-by-hand', 0);
  let tries = 0;
  answers.set(hour(1), () => (tries++ === 0 ? { status: 500, body: '{}' } : oneReading(hour(1))));
  await canonical(env, 'refresh-pull-retried', 1);
  answers.set(hour(2), () => REFUSED);
  await canonical(env, 'refresh-failed', 2);

  const { config, names } = env;
  const producer = await plainProducer(config.kafka.brokers, names.rawTopic({ name: 'orders' }));
  await producer.send([{ id: 'o1', at: hour(3), shop: 'north', cents: 100 }]);
  await producer.close();
  const rollup = names.workflowId('orders_hourly', hour(4));
  await refresh(env, rollup, { table: 'orders_hourly', interval: hour(3) });
  await store(env, 'refresh-rollup', rollup);

  const others: [name: string, input: RefreshInput][] = [
    ['refresh-delegated', { table: 'readings', interval: hour(4) }],
    ['refresh-delegated-failed', { table: 'readings', interval: hour(2) }],
    ['refresh-refused', { table: 'nowhere' }],
  ];
  for (const [name, input] of others) {
    await refresh(env, `${names.env}/${name}`, input);
    await store(env, name, `${names.env}/${name}`);
  }
}

/** Runs that meet one that is running already, and runs that are cancelled while their vendor is slow. */
async function running(env: LiveEnv, vendor: JsonVendor): Promise<void> {
  const { names } = env;
  const awaiting = [
    ['refresh-delegated-running', 5, (id: string) => refresh(env, id, reading(5))],
    ['backfill-interval-running', 6, (id: string) => backfill(env, id, { from: hour(6), to: hour(8) })],
  ] as const;
  for (const [name, at, start] of awaiting) {
    const release = hold(at);
    await refresh(env, canonicalId(env, at), reading(at));
    await asked(vendor, at);
    await start(`${names.env}/${name}`);
    const waits = async () => (await pending(env, `${names.env}/${name}`)).includes('awaitRun');
    await waitUntil(waits, { timeoutMs: 30_000, saw: () => 'no awaitRun' });
    release();
    await store(env, name, `${names.env}/${name}`);
  }

  const cancelled = [
    ['refresh-cancelled', 8, canonicalId(env, 8), (id: string) => refresh(env, id, reading(8))],
    [
      'backfill-cancelled',
      9,
      `${names.env}/backfill-cancelled`,
      (id: string) => backfill(env, id, { from: hour(9), to: hour(10) }),
    ],
  ] as const;
  for (const [name, at, workflowId, start] of cancelled) {
    const release = hold(at);
    await start(workflowId);
    await asked(vendor, at);
    await env.temporal.workflow.getHandle(workflowId).cancel();
    await store(env, name, workflowId);
    release();
  }
}

async function backfills(env: LiveEnv): Promise<void> {
  answers.set(hour(13), () => REFUSED);
  const inputs: [name: string, input: Omit<BackfillInput, 'table'>][] = [
    ['backfill-whole', { from: hour(14), to: hour(17), newestFirst: false }],
    ['backfill-nothing-missing', { from: hour(14), to: hour(17) }],
    ['backfill-interval-failed', { from: hour(11), to: hour(14), concurrency: 2 }],
  ];
  for (const [name, input] of inputs) {
    await backfill(env, `${env.names.env}/${name}`, input);
    await store(env, name, `${env.names.env}/${name}`);
  }
}

/** One interval more than a page holds: the run continues as a new one. */
async function pages(env: LiveEnv): Promise<void> {
  const workflowId = `${env.names.env}/backfill-pages`;
  const range = { from: hour(0), to: `${DAY}T04:11:00Z` };
  const handle = await backfill(env, workflowId, { ...range, table: 'ticks', concurrency: 20 });
  await store(env, 'backfill-first-page', workflowId, handle.firstExecutionRunId);
  await store(env, 'backfill-carried', workflowId);
}

/** Loads an hour of readings under its one id. */
async function canonical(env: LiveEnv, name: string, at: number): Promise<void> {
  await refresh(env, canonicalId(env, at), reading(at));
  await store(env, name, canonicalId(env, at));
}

const canonicalId = (env: LiveEnv, at: number) => env.names.workflowId('readings', hour(at + 1));
const reading = (at: number): RefreshInput => ({ table: 'readings', interval: hour(at) });

function refresh({ temporal, names }: LiveEnv, workflowId: string, input: RefreshInput) {
  const taskQueue = names.taskQueue('live');
  return temporal.workflow.start('refresh', { workflowId, taskQueue, args: [input] });
}

function backfill({ temporal, names }: LiveEnv, workflowId: string, input: Partial<BackfillInput>) {
  const taskQueue = names.taskQueue('bulk');
  return temporal.workflow.start('backfill', {
    workflowId,
    taskQueue,
    args: [{ table: 'readings', ...input }],
  });
}

/** Lets the vendor wait with its answer for an hour. @returns what lets it go on */
function hold(at: number): () => void {
  let release = () => undefined as void;
  const held = new Promise<void>((resolve) => (release = resolve));
  answers.set(hour(at), async () => {
    await held;
    return oneReading(hour(at));
  });
  return release;
}

async function asked({ requests }: JsonVendor, at: number): Promise<void> {
  const isAsked = () => requests.some((url) => url.searchParams.get('from') === hour(at));
  await waitUntil(isAsked, { timeoutMs: 30_000, saw: () => `no request for ${hour(at)}` });
}

async function pending({ temporal }: LiveEnv, workflowId: string): Promise<string[]> {
  const { raw } = await temporal.workflow.getHandle(workflowId).describe();
  return (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name ?? '');
}

/** Waits until the run has ended, whatever its end, and keeps its history. */
async function store(
  { temporal, names }: LiveEnv,
  name: string,
  workflowId: string,
  runId?: string,
): Promise<void> {
  await temporal.workflow.getHandle(workflowId, runId, { followRuns: false }).result().catch(no);
  const recorded = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
  const history = withoutMachine(parseHistory(historyToJson(recorded)), names.env);
  storeHistory(name, history);
  process.stdout.write(`${name}: ${history.events.length} events\n`);
}

const yes = () => true;
const no = () => false;

await main();

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { messageOf } from '../../src/errors.ts';
import type { BackfillInput } from '../../src/load/messages.ts';
import { startBackfill } from '../../src/schedules/runs.ts';
import {
  expectBalance,
  expectNoGaps,
  expectPulls,
  expectRollups,
  minuteOf,
} from '../support/faults/books.ts';
import { DEFINITIONS, ROLLUPS } from '../support/faults/definitions.ts';
import { type Links, openLinks, SIGNS } from '../support/faults/links.ts';
import { operator, type Operator } from '../support/faults/operator.ts';
import { faultsOf, type Fault } from '../support/faults/schedule.ts';
import { superviseWorker, type Supervised } from '../support/faults/supervised.ts';
import { produce, type Producing, readingsVendor } from '../support/faults/work.ts';
import type { JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { keepProof, proofSeed } from '../support/proof-result.ts';
import { seeded } from '../support/seeded.ts';
import { waitUntil } from '../support/wait-until.ts';

const SEED = proofSeed(20_260_105);
const MINUTES = Number(process.env['MILLRACE_FAULT_MINUTES'] ?? 30);
/** A fault that stops progress is to be seen within this time. */
const SEEN_WITHIN_MS = 30_000;
/** After a fault, everything has caught up within this time: pauses between tries have grown up to 30 s. */
const GONE_WITHIN_MS = 120_000;

const BALANCED = { code: 0, text: expect.stringContaining('balanced') as string };

/** What became of one fault. */
interface Outcome {
  link: string;
  fault: string;
  mustShow: boolean;
  lastedSeconds: number;
  seenAfterSeconds: number | null;
  problem: string | null;
  /** Null: something was wrong still when the time was over. */
  goneAfterSeconds: number | null;
  eventsDuring: number;
}

let vendor: JsonVendor;
let links: Links;
let env: LiveEnv;
let asks: Operator;
let worker: Supervised;
let producing: Producing;

beforeAll(async () => {
  vendor = await readingsVendor();
  links = await openLinks(vendor.url);
  env = await liveEnv('faults', { 'all.ts': DEFINITIONS }, { variables: links.direct });
  const home = path.join(env.folder(), 'home');
  mkdirSync(home, { recursive: true });
  asks = operator(env.names.env, links.direct, home);
  await env.apply();
  worker = await superviseWorker(() => env.worker({ variables: links.proxied }));
  const topic = env.names.rawTopic({ name: 'orders' });
  producing = await produce(env.config.kafka.brokers, topic, Date.now(), seeded(SEED + 1));
}, 300_000);

afterAll(async () => {
  await producing?.stop().catch(() => undefined);
  await worker?.stop();
  await env?.close();
  await links?.close();
  await vendor?.close();
}, 300_000);

async function undergo(fault: Fault): Promise<Outcome> {
  const link = links.of(fault.link);
  const before = producing.sent.raw;
  const began = Date.now();
  await fault.begin(link);
  const seen = await asks.sees(SIGNS[fault.link], fault.mustShow ? SEEN_WITHIN_MS : fault.lastsMs);
  await waitUntil(() => Date.now() - began >= fault.lastsMs, { timeoutMs: fault.lastsMs + 1_000 });
  await link.mend();
  const lastedSeconds = Math.round((Date.now() - began) / 1_000);
  const eventsDuring = producing.sent.raw - before;
  const goneAfterSeconds = await asks.seesNothing(GONE_WITHIN_MS).catch((error: unknown) => {
    process.stdout.write(`${messageOf(error)}\n`);
    return null;
  });
  return {
    link: fault.link,
    fault: fault.what,
    mustShow: fault.mustShow,
    lastedSeconds,
    seenAfterSeconds: seen?.seconds ?? null,
    problem: seen?.problem.slice(0, 200) ?? null,
    goneAfterSeconds,
    eventsDuring,
  };
}

it(
  `${MINUTES} minutes of faults on every link: each is seen and gone after, and every table is exact (seed ${SEED})`,
  async () => {
    onTestFailed(() => void process.stderr.write(worker.log()));
    await asks.seesNothing(GONE_WITHIN_MS);
    const outcomes: Outcome[] = [];
    const until = Date.now() + MINUTES * 60_000;
    for (const fault of faultsOf(seeded(SEED))) {
      if (Date.now() > until) break;
      const outcome = await undergo(fault);
      process.stdout.write(`${JSON.stringify(outcome)}\n`);
      outcomes.push(outcome);
    }
    await producing.stop();
    const { sent } = producing;
    const end = minuteOf(Date.now());
    const counts = await expectBalance(env, sent);
    await expectNoGaps(env, minuteOf(Date.parse(end) - 60_000));
    // As they were loaded under faults: an interval may lack what came after its load, and nothing else.
    expect(await asks.balance('orders')).toEqual(BALANCED);
    await reloadRollups(sent.good.values().next().value?.at ?? end, end);
    const cells = (await expectRollups(env, sent, end)) + (await expectPulls(env));
    expect(await asks.balance('orders')).toEqual(BALANCED);
    const unseen = outcomes.filter(({ mustShow, seenAfterSeconds }) => {
      return mustShow && (seenAfterSeconds ?? Infinity) * 1_000 > SEEN_WITHIN_MS;
    });
    expect(unseen, 'faults that status did not show, or too late').toEqual([]);
    const left = outcomes.filter(({ goneAfterSeconds }) => goneAfterSeconds === null);
    expect(left, 'faults that status showed for too long after their end').toEqual([]);
    await keepProof('faults', {
      seed: SEED,
      minutes: MINUTES,
      totals: totalsOf(outcomes),
      faults: outcomes,
      events: counts,
      cells,
      workerRestarts: worker.restarts(),
      outcome:
        'every cell as computed from the record, books to the event; each fault that must show was seen and gone after',
    });
  },
  (MINUTES + 15) * 60_000,
);

function totalsOf(outcomes: readonly Outcome[]) {
  const longest = (of: (outcome: Outcome) => number | null) =>
    Math.max(0, ...outcomes.map((one) => of(one) ?? 0));
  return {
    faults: outcomes.length,
    mustShow: outcomes.filter(({ mustShow }) => mustShow).length,
    seen: outcomes.filter(({ seenAfterSeconds }) => seenAfterSeconds !== null).length,
    longestUntilSeenSeconds: longest(({ seenAfterSeconds }) => seenAfterSeconds),
    longestUntilGoneSeconds: longest(({ goneAfterSeconds }) => goneAfterSeconds),
  };
}

/** Events were late: what had been loaded before they came is loaded again. */
async function reloadRollups(first: string, to: string): Promise<void> {
  const from = minuteOf(first);
  for (const table of ROLLUPS) {
    const input: BackfillInput = { table, from, to, concurrency: 4, reprocess: 'all' };
    const run = await startBackfill(env.temporal, env.names, input);
    expect(await run.result(), table).toMatchObject({ failed: 0 });
  }
}

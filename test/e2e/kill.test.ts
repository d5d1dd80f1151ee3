import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import type { Status } from '../../src/cli/status/read-status.ts';
import { loadConfig } from '../../src/config.ts';
import { homePaths } from '../../stack/home.ts';
import { stopProcess } from '../../stack/process.ts';
import { millrace, npmStart } from '../support/as-user.ts';
import { combinedTable, hoursBefore, recomputed } from '../support/combined.ts';
import { seeded } from '../support/seeded.ts';
import { waitUntil } from '../support/wait-until.ts';

const ENV = 'killed';
const SEED = Number(process.env['MILLRACE_SEED'] ?? 7);
// Cells of tables are compared here; nobody looks at a chart.
const variables = { MILLRACE_ENV: ENV, MILLRACE_SUPERSET_URL: '' };
const config = loadConfig(variables);
const { runDir } = homePaths(config.homeDir);

afterAll(async () => {
  for (const name of ['worker', 'replay']) await stopProcess(runDir, `${ENV}-${name}`);
});

it(`npm start after kill -9 of the worker, in the middle of the replay and of the loads, gives the same cells (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const first = npmStart(variables);
  let ended = false;
  void first.finished.then(() => (ended = true));

  // Once while it consumes the replay, then while it loads.
  await killWorkerWhen(async () => (await raw()) > 0);
  for (let kill = 0; kill < 2; kill++) {
    await npmStartsWorker();
    await sleep(500 + random() * 2_500);
    await killWorkerWhen(async () => true);
  }
  if (!ended) first.child.kill('SIGINT');
  await first.finished;

  const againAt = new Date().toISOString();
  const again = await npmStart(variables).finished;
  expect(again.code, again.stderr).toBe(0);
  // The newest 24 are waited for; an hour may have ended since.
  const { from, to } = hoursBefore(againAt, 23);
  expect(await combinedTable(config, from, to)).toEqual(recomputed(from, to));
  const { streams } = await status();
  const { raw: all, clean = NaN, dead = NaN, duplicate = NaN, filtered = NaN } = streams[0] ?? {};
  expect(all).toBeGreaterThan(1_000);
  expect(all).toBe(clean + dead + duplicate + filtered);
});

async function status(): Promise<Status> {
  return JSON.parse((await millrace(['status', '--json'], variables)).stdout) as Status;
}

async function raw(): Promise<number> {
  return (await status()).streams[0]?.raw ?? 0;
}

function workerPid(): number | undefined {
  try {
    const record = JSON.parse(readFileSync(path.join(runDir, `${ENV}-worker.json`), 'utf8')) as {
      pid: number;
    };
    process.kill(record.pid, 0);
    return record.pid;
  } catch {
    return undefined;
  }
}

async function killWorkerWhen(condition: () => Promise<boolean>): Promise<void> {
  await waitUntil(async () => workerPid() !== undefined && (await condition()), {
    timeoutMs: 180_000,
    saw: () => `worker ${workerPid() ?? 'not running'}`,
  });
  const pid = workerPid();
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  await waitUntil(() => workerPid() === undefined, { timeoutMs: 10_000, saw: () => 'the worker still runs' });
}

/** What a person does who finds the worker gone. It may not get to its end: the next kill comes first. */
async function npmStartsWorker(): Promise<void> {
  const start = npmStart(variables);
  await waitUntil(() => workerPid() !== undefined, { timeoutMs: 120_000, saw: () => 'no worker' });
  start.child.kill('SIGINT');
  await start.finished;
}

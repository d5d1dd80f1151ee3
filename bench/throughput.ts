import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { loadConfig } from '../src/config.ts';
import { PACKAGE_DIR } from '../src/package.ts';
import { renderTable } from '../src/cli/table.ts';
import { CLICKS, plannedClicks } from '../test/support/clicks.ts';
import { openIngestEnv, type IngestEnv } from '../test/support/ingest-env.ts';
import { recordResult } from '../test/support/result.ts';
import { refuseAbsentServers } from './latency/servers.ts';
import { cpuSeconds } from './usage/processes.ts';

const EVENTS = 1_000_000;
const ROUNDS = 4;

interface Drained {
  version: string;
  round: number;
  eventsPerSecond: number;
  cpuSecondsPerMillion: number;
}

/**
 * How fast one process drains a raw topic: 1,000,000 events of 300 bytes, 1 % malformed, 2 % repeated, 4 partitions.
 *
 * `npm run throughput [-- <folder of another version>]` measures this version, or both in turns, against the stack
 * that is up. The counters of every run must be those of the plan, to the event.
 */
async function main(): Promise<void> {
  await refuseAbsentServers(loadConfig());
  const [other] = process.argv.slice(2);
  const versions = [
    ...(other === undefined ? [] : [['before', path.resolve(other)] as const]),
    ['now', PACKAGE_DIR] as const,
  ];
  const planned = plannedClicks(EVENTS, 7, CLICKS.partitions);
  const messages = planned.map(({ message }) => message);
  const countOf = (kind: string) => planned.filter((one) => one.kind === kind).length;
  const expected = {
    raw: EVENTS,
    clean: countOf('clean'),
    dead: countOf('dead'),
    duplicate: countOf('duplicate'),
  };
  const runs: Drained[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [version, folder] of round % 2 === 0 ? versions.toReversed() : versions) {
      const env = await openIngestEnv(`throughput ${version} ${round}`);
      try {
        await env.produce(messages);
        const drained = await drain(env, folder);
        const { clean, dead, duplicate, raw } = await env.counts();
        const found = { raw, clean, dead, duplicate };
        if (JSON.stringify(found) !== JSON.stringify(expected)) {
          throw new Error(`expected exactly ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
        }
        runs.push({ version, round, ...drained });
        process.stderr.write(`  ${JSON.stringify(runs.at(-1))}\n`);
      } finally {
        await env.drop();
      }
    }
  }
  const rows = runs.map(({ version, round, eventsPerSecond, cpuSecondsPerMillion }) => [
    version,
    String(round),
    String(eventsPerSecond),
    String(cpuSecondsPerMillion),
  ]);
  process.stdout.write(renderTable(['VERSION', 'ROUND', 'EVENTS/S', 'CPU-SECONDS PER MILLION'], rows));
  await recordResult('throughput', { events: EVENTS, partitions: CLICKS.partitions, runs });
}

/** Runs one process with the event path of this version until everything is committed. */
async function drain(
  env: IngestEnv,
  folder: string,
): Promise<Pick<Drained, 'eventsPerSecond' | 'cpuSecondsPerMillion'>> {
  const script = path.join(folder, 'test', 'support', 'ingest-child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, env.names.env], {
    cwd: folder,
    env: { ...process.env, MILLRACE_HOME: loadConfig().homeDir },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(JSON.stringify(CLICKS));
  await once(child.stdout, 'data');
  const [began, cpuBefore] = [performance.now(), cpuSeconds(child.pid)];
  while ((await env.counts()).raw < EVENTS) await sleep(100);
  const [seconds, cpu] = [(performance.now() - began) / 1_000, cpuSeconds(child.pid) - cpuBefore];
  child.kill('SIGTERM');
  await once(child, 'exit');
  return {
    eventsPerSecond: Math.round(EVENTS / seconds),
    cpuSecondsPerMillion: Math.round((cpu / EVENTS) * 1e7) / 10,
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

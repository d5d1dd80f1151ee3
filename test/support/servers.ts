import { homePaths } from '../../stack/home.ts';
import { upStack } from '../../stack/launcher.ts';
import { processStatus } from '../../stack/process.ts';
import { stateDir } from '../../src/config.ts';
import { waitUntil } from './wait-until.ts';

export const DRUID_SERVERS = [
  'druid-router',
  'druid-broker',
  'druid-historical',
  'druid-indexer',
  'druid-coordinator',
] as const;

/** Kills servers of the running stack, as a machine that loses its power would. */
export async function killServers(...names: readonly string[]): Promise<void> {
  for (const name of names) process.kill(serverStatus(name).pid ?? 0, 'SIGKILL');
  await waitUntil(() => names.every((name) => serverStatus(name).state === 'dead'), {
    timeoutMs: 10_000,
    saw: () => names.map((name) => `${name} ${serverStatus(name).state}`).join(),
  });
}

/** Brings back what was killed. @returns what the launcher reported */
export async function reviveServers(): Promise<string[]> {
  const lines: string[] = [];
  await upStack({ home: stateDir(), report: (line) => lines.push(line) });
  return lines;
}

export function serverStatus(name: string) {
  return processStatus(homePaths(stateDir()).runDir, name);
}

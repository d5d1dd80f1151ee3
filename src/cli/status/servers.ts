import { existsSync } from 'node:fs';
import { homePaths } from '../../../stack/home.ts';
import { status as stackStatus } from '../../../stack/stack.ts';
import type { Config } from '../../config.ts';
import { asked, type Look } from './look.ts';

export interface ServerStatus {
  name: string;
  state: string;
  address: string | null;
  sinceSeconds: number | null;
}

/** The servers of this machine, and our own background processes. */
export async function serverStatus(look: Look): Promise<ServerStatus[]> {
  const { config, problems } = look;
  const servers = await asked(look, () => serversOf(config));
  if (isStopped(config, servers)) problems.push("no server of this machine runs: 'npm start' starts them");
  const dead = servers.filter(({ state }) => state === 'dead');
  problems.push(
    ...dead.map(
      ({ name }) =>
        `${name} was started here and is gone: 'npm start' brings it back; its log: 'millrace stack logs ${name}'`,
    ),
  );
  return servers;
}

/** Was the stack of this machine set up and stopped? Where there is none, the servers are somebody else's. */
function isStopped({ homeDir }: Config, servers: ServerStatus[]): boolean {
  return existsSync(homePaths(homeDir).envFile) && servers.every(({ state }) => state === 'down');
}

async function serversOf({ homeDir }: Config): Promise<ServerStatus[]> {
  return (await stackStatus(homeDir)).map(({ name, state, address, since }) => ({
    name,
    state,
    address: address ?? null,
    sinceSeconds: since === undefined ? null : Math.round((Date.now() - Date.parse(since)) / 1_000),
  }));
}

import { existsSync } from 'node:fs';
import { homePaths } from '../../../stack/home.ts';
import { SERVERS } from '../../../stack/servers.ts';
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
  if (isStopped(config, servers))
    problems.push("no server of this machine runs: 'npx millrace stack up' starts them");
  const dead = servers.filter(({ state }) => state === 'dead');
  problems.push(
    ...dead.map(
      ({ name }) =>
        `${name} was started here and is gone: ${remedyFor(name)}; its log: 'npx millrace stack logs ${name}'`,
    ),
  );
  return servers;
}

/** The stack knows how its own servers are started; what else runs in this home, who started it knows. */
function remedyFor(name: string): string {
  const isServer = SERVERS.some((server) => server.name === name);
  return isServer ? "'npx millrace stack up' brings it back" : 'start it again as it was started';
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

import type { Config } from '../../src/config.ts';
import { processVariables } from '../../src/config.ts';
import { cacheDir } from '../../stack/cache.ts';
import { capture } from '../../stack/run.ts';
import { plainEnvironment } from '../../stack/server.ts';
import { fetchTemporal } from '../../stack/temporal/fetch.ts';

/** Runs Temporal's own command line against the stack, and returns what it printed. */
export async function temporalCli({ temporalVariables }: Config, ...args: string[]): Promise<string> {
  const program = await fetchTemporal(cacheDir(processVariables()), () => undefined);
  const address = temporalVariables['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233';
  return capture(program, [...args, '--address', address], { env: plainEnvironment(), timeoutMs: 60_000 });
}

import { spawn } from 'node:child_process';
import { cacheDir } from '../../../stack/cache.ts';
import { fetchDruid } from '../../../stack/druid/fetch.ts';
import type { Overrides } from '../../../src/config.ts';

/** Runs one file of Java over Druid's own classes. Its standard input and output are pipes. */
export async function druidJava(source: string, args: readonly string[] = [], variables: Overrides = {}) {
  const jars = await fetchDruid(cacheDir(process.env), () => undefined);
  return spawn('java', ['-Xmx512m', '-Duser.timezone=UTC', '-cp', `${jars}/*`, source, ...args], {
    env: { ...process.env, ...variables },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

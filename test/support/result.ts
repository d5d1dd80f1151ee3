import { mkdir, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, totalmem } from 'node:os';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { PACKAGE_DIR } from '../../src/package.ts';

/**
 * Keeps what was measured in `bench/results/`, with machine and date, in place of an earlier one of the same day.
 * @returns its path in the project
 */
export async function recordResult(what: string, facts: object, began = new Date()): Promise<string> {
  const date = began.toISOString();
  const file = path.join('bench', 'results', `${what}-${date.slice(0, 10)}.json`);
  const place = path.join(PACKAGE_DIR, file);
  await mkdir(path.dirname(place), { recursive: true });
  const style = { ...(await resolveConfig(place)), parser: 'json' };
  await writeFile(place, await format(JSON.stringify({ date, machine: machine(), ...facts }), style));
  return file;
}

function machine() {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  };
}

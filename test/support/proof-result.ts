import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { machine } from '../../bench/latency/result.ts';
import { PROJECT_DIR } from '../../src/config.ts';

/** Of a proof's random moments: MILLRACE_SEED, else the one that every test run takes. */
export function proofSeed(everyday: number): number {
  return Number(process.env['MILLRACE_SEED'] ?? everyday);
}

/**
 * Says what a proof by kills has found; a long one (`npm run prove:kill`), which sets MILLRACE_KILLS, keeps it with
 * machine and date in `bench/results/`, in place of an earlier one of the same day and the same seed.
 */
export async function recordProof(
  proof: string,
  facts: Record<string, unknown> & { seed: number },
): Promise<void> {
  process.stdout.write(`${proof}: ${JSON.stringify(facts)}\n`);
  const { MILLRACE_KILLS, MILLRACE_SEED } = process.env;
  if (MILLRACE_KILLS === undefined) return;
  await recordResult(MILLRACE_SEED === undefined ? proof : `${proof}-seed-${facts.seed}`, facts);
}

/** Keeps what was measured in `bench/results/`, with machine and date. */
export async function recordResult(what: string, facts: Record<string, unknown>): Promise<void> {
  const date = new Date().toISOString();
  const file = path.join(PROJECT_DIR, 'bench', 'results', `${what}-${date.slice(0, 10)}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  const style = { ...(await resolveConfig(file)), parser: 'json' };
  await writeFile(file, await format(JSON.stringify({ date, machine: machine(), ...facts }), style));
}

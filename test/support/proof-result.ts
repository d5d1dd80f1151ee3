import { recordResult } from './result.ts';

/** Of a proof's random moments: MILLRACE_SEED, else the one that every test run takes. */
export function proofSeed(everyday: number): number {
  return Number(process.env['MILLRACE_SEED'] ?? everyday);
}

type Facts = Record<string, unknown> & { seed: number };

/** Says what a proof by kills has found; a long one (`npm run prove:kill`), which sets MILLRACE_KILLS, keeps it. */
export async function recordProof(proof: string, facts: Facts): Promise<void> {
  process.stdout.write(`${proof}: ${JSON.stringify(facts)}\n`);
  if (process.env['MILLRACE_KILLS'] !== undefined) await keepProof(proof, facts);
}

/** Keeps what a proof has found, in place of an earlier one of the same day and the same seed. */
export async function keepProof(proof: string, facts: Facts): Promise<void> {
  const isEveryday = process.env['MILLRACE_SEED'] === undefined;
  await recordResult(isEveryday ? proof : `${proof}-seed-${facts.seed}`, facts);
}

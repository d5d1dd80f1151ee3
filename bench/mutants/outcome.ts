import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Mutant, mutated } from './mutant.ts';
import { runTests, type Verdict } from './run-tests.ts';
import type { Typecheck } from './typecheck.ts';

/** What became of one mutant. `unusable`: it could not be tried, so nothing is known. */
export interface Outcome {
  outcome: 'found' | 'survived' | 'unusable';
  /** How the test that found it failed; or why it could not be tried. */
  says: string;
  ms: number;
}

/** Puts one fault into the copy, asks its test, and takes the fault out again. */
export async function outcomeOf(
  folder: string,
  mutant: Mutant,
  typecheck: Typecheck,
  stopping: AbortSignal,
): Promise<Outcome> {
  const began = performance.now();
  const end = (outcome: Outcome['outcome'], says: string) => ({
    outcome,
    says,
    ms: Math.round(performance.now() - began),
  });
  const file = path.join(folder, mutant.file);
  const whole = await readFile(file, 'utf8');
  const broken = mutated(mutant, whole);
  const refused = typecheck(mutant.file, broken);
  if (refused !== undefined) return end('unusable', `the compiler finds it: ${refused}`);
  await writeFile(file, broken);
  try {
    const { outcome, says } = await verdictOf(folder, mutant, stopping);
    if (outcome === 'not run') return end('unusable', says);
    return outcome === 'failed' ? end('found', says) : end('survived', '');
  } finally {
    await writeFile(file, whole);
  }
}

async function verdictOf(folder: string, { test }: Mutant, stopping: AbortSignal): Promise<Verdict> {
  const verdicts = await runTests(folder, test.file, [test.name], stopping);
  return verdicts.get(test.name) ?? { outcome: 'not run', says: '' };
}

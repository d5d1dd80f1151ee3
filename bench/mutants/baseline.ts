import type { Mutant } from './mutant.ts';
import { runTests } from './run-tests.ts';

/**
 * Runs the named tests on code without a fault: one that fails there would find anything.
 * @throws naming those that do not pass
 */
export async function refuseFailingTests(
  folder: string,
  mutants: readonly Mutant[],
  progress: (line: string) => void,
  stopping: AbortSignal,
): Promise<void> {
  const failing: string[] = [];
  for (const [file, names] of namesByFile(mutants)) {
    progress(`without a fault: ${file}`);
    for (const [name, { outcome, says }] of await runTests(folder, file, names, stopping)) {
      if (outcome !== 'passed') failing.push(`  ${file}: '${name}' ${outcome}: ${says}`);
    }
  }
  if (failing.length === 0) return;
  throw new Error(
    `Nothing was proved: on code without a fault these tests do not pass:\n${failing.join('\n')}`,
  );
}

function namesByFile(mutants: readonly Mutant[]): Map<string, string[]> {
  const files = new Map<string, Set<string>>();
  for (const { test } of mutants) files.set(test.file, (files.get(test.file) ?? new Set()).add(test.name));
  return new Map([...files].map(([file, names]) => [file, [...names]]));
}

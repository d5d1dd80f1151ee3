import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.ts';
import { renderTable } from '../src/cli/table.ts';
import { recordResult } from '../test/support/result.ts';
import { refuseAbsentServers } from './latency/servers.ts';
import { refuseFailingTests } from './mutants/baseline.ts';
import { copyTree } from './mutants/copy.ts';
import { isLive, type Mutant } from './mutants/mutant.ts';
import { type Outcome, outcomeOf } from './mutants/outcome.ts';
import { MUTANTS } from './mutants/table/index.ts';
import { typecheckIn } from './mutants/typecheck.ts';

/**
 * Do the tests find what they are there for? Breaks a copy of the project on purpose, in one place at a time, and has
 * the test that is named beside each fault (`mutants/table/`) fail.
 *
 * `npm run prove:mutants [-- --only '<name of a fault>' …]`; those whose test is live need a stack that is up. Ends
 * with 1 where a fault survives, or could not be tried. The result of a whole run is kept.
 */
async function main(): Promise<void> {
  const { only = [] } = parseArgs({ options: { only: { type: 'string', multiple: true } } }).values;
  const mutants = only.length === 0 ? MUTANTS : only.map(mutantCalled);
  if (mutants.some(isLive)) await refuseAbsentServers(loadConfig());
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const progress = (line: string) => process.stderr.write(`  ${line}\n`);
  const copy = await copyTree();
  try {
    const typecheck = typecheckIn(copy.folder);
    const tried: Tried[] = [];
    // What needs no server is known before the first that needs one.
    for (const some of [mutants.filter((mutant) => !isLive(mutant)), mutants.filter(isLive)]) {
      await refuseFailingTests(copy.folder, some, progress, stopping.signal);
      for (const mutant of some) {
        const outcome = await outcomeOf(copy.folder, mutant, typecheck, stopping.signal);
        tried.push({ mutant, outcome });
        progress(`${outcome.outcome}: ${mutant.name}${outcome.says === '' ? '' : ` (${outcome.says})`}`);
      }
    }
    process.stdout.write(tableOf(tried));
    if (only.length === 0) await recordResult('mutants', factsOf(tried));
    if (tried.some(({ outcome }) => outcome.outcome !== 'found')) process.exitCode = 1;
  } finally {
    await copy.remove();
  }
}

interface Tried {
  mutant: Mutant;
  outcome: Outcome;
}

function mutantCalled(name: string): Mutant {
  const found = MUTANTS.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  throw new Error(
    `There is no mutant '${name}'. There are:\n  ${MUTANTS.map((one) => one.name).join('\n  ')}`,
  );
}

function tableOf(tried: readonly Tried[]): string {
  const rows = tried.map(({ mutant, outcome }) => [
    mutant.name,
    mutant.test.file,
    outcome.outcome === 'found' ? 'found' : outcome.outcome.toUpperCase(),
    (outcome.ms / 1_000).toFixed(1),
  ]);
  return renderTable(['mutant', 'test', 'outcome', 'seconds'], rows);
}

function factsOf(tried: readonly Tried[]): Record<string, unknown> {
  const found = tried.filter(({ outcome }) => outcome.outcome === 'found').length;
  return {
    mutants: tried.length,
    found,
    tried: tried.map(({ mutant: { name, contract, file, test }, outcome }) => ({
      name,
      contract,
      file,
      test: `${test.file}: ${test.name}`,
      ...outcome,
    })),
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

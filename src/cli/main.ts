import { Command } from '@commander-js/extra-typings';
import { exitWith } from './exit.ts';
import { codeMistakes } from './usage.ts';

/**
 * Every command, by name. Only the one that was typed is loaded: a worker's libraries take longer to read than most
 * commands take to run.
 */
const COMMANDS: Record<string, () => Promise<(program: Command) => void>> = {
  start: async () => (await import('./start.ts')).registerStart,
  plan: async () => (await import('./plan.ts')).registerPlan,
  apply: async () => (await import('./apply.ts')).registerApply,
  run: async () => (await import('./run.ts')).registerRun,
  backfill: async () => (await import('./backfill.ts')).registerBackfill,
  show: async () => (await import('./show.ts')).registerShow,
  status: async () => (await import('./status.ts')).registerStatus,
  balance: async () => (await import('./balance.ts')).registerBalance,
  worker: async () => (await import('./worker.ts')).registerWorker,
  stack: async () => (await import('./stack.ts')).registerStack,
};

const program = new Command('millrace')
  .description('Raw events and outside numbers in; tables you can join, out.')
  .addHelpText(
    'before',
    `Examples:
  millrace plan                                      show what apply would change
  millrace apply                                     make every system what pipelines/ says
  millrace run weather@2026-01-31T05:00:00Z          load one interval now
  millrace backfill weather --from 2026-01-01 --to 2026-02-01
  millrace show delays_by_weather --limit 10
`,
  );

const typed = process.argv[2] ?? '';
const loaders = Object.hasOwn(COMMANDS, typed) ? [COMMANDS[typed]] : Object.values(COMMANDS);
for (const load of loaders) (await load?.())?.(program);
codeMistakes(program);

// Node itself would print such an error with all that hangs on it, the headers of a request too.
process.on('uncaughtException', exitWith);
try {
  await program.parseAsync();
} catch (error) {
  exitWith(error);
}

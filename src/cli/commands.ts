import { Command } from '@commander-js/extra-typings';
import { builtVersion } from '../package.ts';
import { examples } from './examples.ts';
import { codeMistakes } from './usage.ts';

interface Listed {
  description: string;
  /** For programs: no help lists it. */
  isHidden?: true;
  /** Its arguments, options and what it does. */
  define: () => Promise<(command: Command) => void>;
}

/**
 * Every command, by name. Only the one that was typed is loaded: what a worker needs takes longer to read than most
 * commands take to run.
 */
const COMMANDS: Record<string, Listed> = {
  init: {
    description: 'write a new project: a folder of definitions with an example, ready to run',
    define: async () => (await import('./init.ts')).defineInit,
  },
  check: {
    description: 'say whether every definition is right; asks no server',
    define: async () => (await import('./check.ts')).defineCheck,
  },
  try: {
    description: 'ask the source of a pull for one interval, and show what comes; no table, no apply',
    define: async () => (await import('./try.ts')).defineTry,
  },
  plan: {
    description: 'show what apply would change, compared with what is live; changes nothing',
    define: async () => (await import('./plan.ts')).definePlan,
  },
  apply: {
    description: 'make topics, tables, supervisors, views, schedules and datasets what pipelines/ says',
    define: async () => (await import('./apply.ts')).defineApply,
  },
  list: {
    description: 'every definition that is applied: kind, source, calendar',
    define: async () => (await import('./list.ts')).defineList,
  },
  describe: {
    description:
      'all there is to know of one definition: what it is, what it holds, when it is due, where to see it',
    define: async () => (await import('./describe.ts')).defineDescribe,
  },
  run: {
    description: 'load one interval of a table, now',
    define: async () => (await import('./run.ts')).defineRun,
  },
  backfill: {
    description: 'load every interval of a table whose start lies in [from, to)',
    define: async () => (await import('./backfill.ts')).defineBackfill,
  },
  show: {
    description: 'print rows of any table or view of the env',
    define: async () => (await import('./show.ts')).defineShow,
  },
  logs: {
    description: 'what each try to load an interval has said, whichever worker made it',
    define: async () => (await import('./logs.ts')).defineLogs,
  },
  status: {
    description: "stack, worker, each stream's lag and each table's newest interval",
    define: async () => (await import('./status.ts')).defineStatus,
  },
  balance: {
    description: "hold a stream's counters, topics, Druid rows and rollups against each other, to the event",
    define: async () => (await import('./balance.ts')).defineBalance,
  },
  worker: {
    description: 'run a worker: workflows, activities and the Kafka consumer; SIGTERM drains it',
    define: async () => (await import('./worker.ts')).defineWorker,
  },
  completion: {
    description: 'have a shell complete commands, options and names of definitions',
    define: async () => (await import('./completion.ts')).defineCompletion,
  },
  complete: {
    description: 'what may come next on a command line',
    isHidden: true,
    define: async () => (await import('./complete.ts')).completeOf(commandLine),
  },
  stack: {
    description: 'the servers on this machine',
    define: async () => (await import('./stack.ts')).defineStack,
  },
};

const EXAMPLES = [
  ['millrace init shop', 'write a new project into ./shop'],
  ['millrace check', 'is every definition right?'],
  ['millrace try rates', 'ask its source, and show what comes'],
  ['millrace plan', 'show what apply would change'],
  ['millrace apply', 'make every system what pipelines/ says'],
  ['millrace run rates@2026-01-31T05:00:00Z', 'load one interval now'],
  ['millrace backfill rates --from 2026-01-01 --to 2026-02-01', 'load a month'],
  ['millrace show revenue --limit 10', 'look at what came of it'],
] as const;

/**
 * The command line for these words, without `node` and the file. Every command is listed; the one that is named has
 * its options.
 */
export async function commandLine(words: readonly string[]): Promise<Command> {
  const program = new Command('millrace')
    .description('Raw events and outside numbers in; tables you can join, out.')
    .version(builtVersion(), '-V, --version', 'print the version, and the commit that it was built of');
  examples(program, EXAMPLES);
  const [first, second] = words;
  const named = first === 'help' ? second : first;
  for (const [name, { description, isHidden, define }] of Object.entries(COMMANDS)) {
    const command = program.command(name, { hidden: isHidden === true }).description(description);
    if (name === named) (await define())(command);
  }
  codeMistakes(program);
  return program;
}

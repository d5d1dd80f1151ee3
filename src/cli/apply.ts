import { createInterface } from 'node:readline/promises';
import type { Command } from '@commander-js/extra-typings';
import { apply, type Change } from '../apply/index.ts';
import { loadConfig } from '../config.ts';
import { MillraceError } from '../errors.ts';
import { hidden } from './hidden.ts';
import { changeLines, isLeftover, keptHint, tally } from './changes.ts';

export function registerApply(program: Command): void {
  program
    .command('apply')
    .description('make topics, tables, supervisors, views, schedules and datasets what pipelines/ says')
    .option('--env <env>', 'the env to apply to')
    .option('--json', 'print every object as JSON')
    .option('--prune', 'retire what no file defines any more; tables, topics and datasources are kept')
    .option('--drop-data <name>', 'with --prune: drop this table, topic or datasource, too', collected, [])
    .option('--yes', 'do not ask before anything is retired')
    .action(async ({ env, json: isJson, prune, dropData, yes }) => {
      const isAsking = yes !== true && process.stdin.isTTY && process.stdout.isTTY;
      if (dropData.length > 0 && yes !== true && !isAsking) throw unconfirmed(dropData);
      const out = isJson === true ? process.stderr : process.stdout;
      let isConfirmed = true;
      let isListed = false;
      const { json } = hidden();
      const made = await apply(loadConfig({ MILLRACE_ENV: env }), {
        ...(prune === true ? { prune } : {}),
        dropData,
        onChange: (change) => {
          const isTold = isJson === true || (isListed && isLeftover(change.action));
          if (!isTold) out.write(changeLines(json(change)));
        },
        confirm: async (leftovers) => {
          isListed = true;
          out.write(listed(json(leftovers)));
          return (isConfirmed = await confirmed(isAsking));
        },
      });
      const changes = json(made);
      const text = isConfirmed ? summary(changes) : 'Nothing was changed: it was not confirmed.\n';
      process.stdout.write(isJson === true ? `${JSON.stringify(changes, null, 2)}\n` : text);
    });
}

/** A pipe or a CI job cannot answer: data goes only where it was said outright. */
function unconfirmed(names: readonly string[]): MillraceError {
  return new MillraceError(
    'INPUT_INVALID',
    `--drop-data ${names.join(', ')}: nobody is there to confirm that this data goes. Nothing was changed; --yes drops it unasked, and 'millrace plan --prune' shows what would go.`,
  );
}

/** Of an option that may be given several times. */
export function collected(value: string, before: string[]): string[] {
  return [...before, value];
}

/** What was done, by its number: `Apply: 22 created, 0 updated, 0 unchanged.` */
export function summary(changes: readonly Change[]): string {
  const counts = tally(changes, { create: 'created', update: 'updated', retire: 'retired' });
  return `Apply: ${counts}.\n${keptHint(changes)}`;
}

/** What goes and what is kept, by its number: shown once, before it is done. */
export function listed(leftovers: readonly Change[]): string {
  const count = (action: Change['action']) => leftovers.filter((one) => one.action === action).length;
  const lines = leftovers.map(changeLines).join('');
  return `${lines}${count('retire')} to retire, ${count('kept')} kept.\n`;
}

/** Asks where somebody is there to answer. */
async function confirmed(isAsking: boolean): Promise<boolean> {
  if (!isAsking) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Retire these? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

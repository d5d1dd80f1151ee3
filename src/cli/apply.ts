import type { Command } from '@commander-js/extra-typings';
import { apply, type Change } from '../apply/index.ts';
import { loadConfig } from '../config.ts';
import { MillraceError } from '../errors.ts';
import { changeLines, changedNames, isLeftover, keptHint, tally } from './changes.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { ask, asJson, isTerminal, print, printFound, tellFound } from './print.ts';

export function defineApply(command: Command): void {
  examples(command, [
    ['millrace apply', 'make every system what pipelines/ says; twice changes nothing'],
    ['millrace apply --prune', 'retire what no file defines any more, after asking; data stays'],
    ['millrace apply --prune --drop-data rates', 'drop this one with its data, too'],
  ]);
  command
    .option('--env <env>', 'the env to apply to')
    .addOption(outputOption('table', 'json', 'name'))
    .addOption(jsonOption())
    .option('--prune', 'retire what no file defines any more; tables, topics and datasources are kept')
    .option('--drop-data <name>', 'with --prune: drop this table, topic or datasource, too', collected, [])
    .option('--yes', 'do not ask before anything is retired')
    .option('--take-over', 'take the env over from the project that it belongs to now')
    .action(async ({ env, output, prune, dropData, yes, takeOver }) => {
      const isAsking = yes !== true && process.stdin.isTTY && isTerminal('stdout');
      if (dropData.length > 0 && yes !== true && !isAsking) throw unconfirmed(dropData);
      const isTable = output === 'table';
      const meanwhile = isTable ? printFound : tellFound;
      let isConfirmed = true;
      let isListed = false;
      const made = await apply(loadConfig({ MILLRACE_ENV: env }), {
        ...(prune === true ? { prune } : {}),
        ...(takeOver === true ? { takeOver } : {}),
        dropData,
        onChange: (change) => {
          const isTold = !isTable || (isListed && isLeftover(change.action));
          if (!isTold) meanwhile(change, changeLines);
        },
        confirm: async (leftovers) => {
          isListed = true;
          meanwhile(leftovers, listed);
          return (isConfirmed = await confirmed(isAsking));
        },
      });
      if (!isTable) printFound(made, { json: asJson, name: changedNames }[output]);
      else if (isConfirmed) printFound(made, summary);
      else print('Nothing was changed: it was not confirmed.\n');
    });
}

/** A pipe or a CI job cannot answer: data goes only where it was said outright. */
function unconfirmed(names: readonly string[]): MillraceError {
  return new MillraceError(
    'INPUT_INVALID',
    `--drop-data ${names.join(', ')}: nobody is there to confirm that this data goes. Nothing was changed; --yes drops it unasked, and 'npx millrace plan --prune' shows what would go.`,
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
  return /^y(es)?$/i.test((await ask('Retire these? [y/N] ')).trim());
}

import { createInterface } from 'node:readline/promises';
import type { Command } from '@commander-js/extra-typings';
import { apply, type Change } from '../apply/index.ts';
import { loadConfig } from '../config.ts';
import { MillraceError } from '../errors.ts';
import { changeLines, tally } from './changes.ts';

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
      let isConfirmed = true;
      const changes = await apply(loadConfig({ MILLRACE_ENV: env }), {
        ...(prune === true ? { prune } : {}),
        dropData,
        onChange: (change) => void (isJson === true || process.stdout.write(changeLines(change))),
        confirm: async (retired) => (isConfirmed = await confirmed(retired, isAsking)),
      });
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
  const retired = changes.filter(({ action }) => action === 'retire').length;
  const counts = tally(changes, { create: 'created', update: 'updated' });
  return `Apply: ${counts}${retired === 0 ? '' : `, ${retired} retired`}.\n`;
}

/** Shows what goes, and asks where somebody is there to answer. */
async function confirmed(retired: Change[], isAsking: boolean): Promise<boolean> {
  process.stderr.write(`To be retired:\n${retired.map(changeLines).join('')}`);
  if (!isAsking) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Retire these? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

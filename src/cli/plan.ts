import type { Command } from '@commander-js/extra-typings';
import { plan, type Plan } from '../apply/plan.ts';
import { loadConfig } from '../config.ts';
import { collected } from './apply.ts';
import { changeLines, changedNames, isLeftover, keptHint, tally } from './changes.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { asJson, printFound } from './print.ts';

/** As terraform's -detailed-exitcode says that there is something to do. */
const SOMETHING_TO_DO = 2;

export function definePlan(command: Command): void {
  examples(command, [
    ['millrace plan', 'what apply would do: + new, ~ changed, ! changed by hand, - no longer defined'],
    ['millrace plan --exit-code', 'for CI: 2 when apply would change something'],
    ['millrace plan --prune', 'what apply --prune would retire, too'],
  ]);
  command
    .option('--env <env>', 'the env to compare with')
    .addOption(outputOption('table', 'json', 'name'))
    .addOption(jsonOption())
    .option('--exit-code', 'end with 2 when apply would change something')
    .option('--prune', 'show what apply --prune would retire')
    .option('--drop-data <name>', 'with --prune: as apply takes it', collected, [])
    .action(async ({ env, output, exitCode: hasExitCode, prune, dropData }) => {
      const planned = await plan(loadConfig({ MILLRACE_ENV: env }), { prune: prune === true, dropData });
      const name = ({ changes }: Plan) => changedNames(changes);
      printFound(planned, { table: renderPlan, json: asJson, name }[output]);
      process.exitCode = exitCodeOf(planned, hasExitCode === true);
    });
}

/** 1 where something is unknown or refused; 2 where there is something to do, if that was asked for; else 0. */
export function exitCodeOf({ changes, refused, unknown }: Plan, hasExitCode: boolean): number {
  if (refused.length > 0 || unknown.length > 0) return 1;
  const isDue = changes.some(
    ({ action }) => action === 'retire' || !(action === 'unchanged' || isLeftover(action)),
  );
  return hasExitCode && isDue ? SOMETHING_TO_DO : 0;
}

/** A line per object that is not as it should be, then one that counts them. */
export function renderPlan({ changes, refused, unknown, unchecked }: Plan): string {
  const lines = [
    ...changes.map(changeLines),
    ...refused.map(({ system, object, why }) => `  x ${system.padEnd(10)} ${object}: refused. ${why}\n`),
    ...unchecked.map(({ system, object, why }) => {
      return `  ? ${system.padEnd(10)} ${object}: its SQL was not checked: ${why}\n`;
    }),
    ...unknown.map(({ system, why }) => `  ? ${system}: unknown. ${why}\n`),
  ];
  const parts = [
    tally(changes, { create: 'to create', update: 'to update', retire: 'to retire' }),
    ...(refused.length === 0 ? [] : [`${refused.length} refused`]),
    ...(unchecked.length === 0 ? [] : [`${unchecked.length} not checked`]),
    ...(unknown.length === 0 ? [] : [`unknown: ${unknown.map(({ system }) => system).join(', ')}`]),
  ];
  return `${lines.join('')}Plan: ${parts.join(', ')}.\n${keptHint(changes)}`;
}

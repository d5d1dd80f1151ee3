import type { Command } from '@commander-js/extra-typings';
import { apply } from '../apply/index.ts';
import type { Change } from '../apply/desired.ts';
import { loadConfig } from '../config.ts';

export function registerApply(program: Command): void {
  program
    .command('apply')
    .description('make topics, tables, supervisors, views, schedules and datasets what pipelines/ says')
    .option('--env <env>', 'the env to apply to')
    .option('--json', 'print every object as JSON')
    .action(async (options) => {
      const changes = await apply(loadConfig({ MILLRACE_ENV: options.env }));
      process.stdout.write(options.json ? `${JSON.stringify(changes, null, 2)}\n` : render(changes));
    });
}

const MARKS = { create: '+', update: '~', unchanged: '=', left: '!' } as const;

/** What stays of a definition that no file holds any more. */
function leftText(object: string): string {
  const isScheduled = /^(pull|rollup) /.test(object);
  return `: no file defines it any more; it stays${isScheduled ? ", and its schedule goes on ('temporal schedule delete' ends that)" : ''}`;
}

/** One line per change, then the count of each kind. */
export function render(changes: Change[]): string {
  const lines = changes
    .filter(({ action }) => action !== 'unchanged')
    .map(
      ({ system, object, action }) =>
        `  ${MARKS[action]} ${system.padEnd(10)} ${object}${action === 'left' ? leftText(object) : ''}\n`,
    );
  const count = (action: Change['action']) => changes.filter((change) => change.action === action).length;
  return `${lines.join('')}Apply: ${count('create')} created, ${count('update')} updated, ${count('unchanged')} unchanged.\n`;
}

import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { commandLine } from '../../../src/cli/commands.ts';
import { candidates } from '../../../src/cli/completion/candidates.ts';
import { SCRIPTS } from '../../../src/cli/completion/scripts.ts';

const APPLIED = { orders: 'stream', rates: 'pull', orders_hourly: 'rollup', revenue: 'view' };

/** What is offered for a line, of which the last word is being typed. */
function offered(line: string): Promise<string[]> {
  return candidates(line.split(' '), commandLine, async (kinds, env) => [
    ...Object.entries(APPLIED).flatMap(([name, kind]) => (kinds.some((one) => one === kind) ? [name] : [])),
    ...(env === undefined ? [] : [`of ${env}`]),
  ]);
}

it.each([
  ['stack ', ['up', 'down', 'status', 'logs', 'reset', 'help']],
  ['run ', ['rates', 'orders_hourly']],
  ['run --no-wait ', ['rates', 'orders_hourly']],
  ['run rates ', []],
  ['show ', ['rates', 'orders_hourly', 'revenue']],
  ['balance ', ['orders']],
  ['describe ', ['orders', 'rates', 'orders_hourly', 'revenue']],
  ['status -o ', ['table', 'json', 'name']],
  ['list --kind ', ['stream', 'pull', 'rollup', 'view', 'external']],
  ['completion ', ['bash', 'zsh', 'fish']],
  ['backfill ', ['rates', 'orders_hourly']],
  ['backfill rates --from ', []],
  ['show --env prod ', ['rates', 'orders_hourly', 'revenue', 'of prod']],
  ['check --', ['--output', '-o', '--json', '--help']],
  ['wat ', []],
])("behind 'millrace %s' comes %j", async (line, expected) => {
  expect(await offered(line)).toEqual(expected);
});

it('the first word is a command', async () => {
  const commands = await offered('');
  expect(commands).toEqual(expect.arrayContaining(['init', 'run', 'stack', 'help']));
  expect(commands).not.toContain('complete');
});

it('bash completes a word by what millrace offers for the words before it, and takes that as it is', () => {
  const script = [
    // Stands in for the program: it offers what it was asked for, and what a shell would run.
    'millrace() { printf "%s\\n" "rates" "orders_hourly" "asked:$*" "\\$(echo run)" "*"; }',
    SCRIPTS.bash,
    'completed() { COMP_WORDS=(millrace run "$1"); COMP_CWORD=2; _millrace; printf "<%s>" "${COMPREPLY[@]}"; echo; }',
    'completed ra; completed asked; completed "\\$"; completed "*"; completed none',
  ].join('\n');
  const printed = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect(printed.split('\n')).toEqual([
    '<rates>',
    '<asked:complete -- run asked>',
    '<$(echo run)>',
    '<*>',
    '<>',
    '',
  ]);
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { commandLine } from '../../../src/cli/commands.ts';
import { isMillraceError } from '../../../src/errors.ts';

beforeEach(() => void vi.spyOn(process.stderr, 'write').mockReturnValue(true));
afterEach(() => void vi.restoreAllMocks());

/** What parsing these words ends with; none of them gets as far as a server. */
async function refusal(...words: string[]): Promise<unknown> {
  const program = await commandLine(words);
  return program.parseAsync(words, { from: 'user' }).then(
    () => 'none',
    (error: unknown) => error,
  );
}

it.each([
  [['run'], /^millrace run: missing required argument 'table\[@interval\]'\. Usage: millrace run .*<table/],
  [['run', 'weather@a@b'], /'weather@a@b' is invalid .*Give a table, or table@2026-01-31T05:00:00Z/],
  [['run', '@2026-01-31T05:00:00Z'], /Give a table/],
  [['run', 'weather', '--wat'], /^millrace run: unknown option '--wat'\. Usage: /],
  [['run', 'weather', '--no-wiat'], /unknown option '--no-wiat'; did you mean --no-wait\? Usage: /],
  [['run', 'weather', 'rates'], /^millrace run: too many arguments: 'weather', 'rates'\. Usage: /],
  [['run', 'weather', '--env'], /option '--env <env>' argument missing\. Usage: /],
  [
    ['backfill', 'weather', '--from', '2026-01-01'],
    /required option '--to <instant>' not specified\. Usage: /,
  ],
  [['backfill', 'weather', '--from', 'yesterday', '--to', '2026-01-02'], /'yesterday' is not an instant/],
  [['backfill', 'weather', '--from', '2026-01-01T05:00:00', '--to', '2026-01-02'], /not an instant/],
  [
    ['backfill', 'weather', '--from', '2026-01-01', '--to', '2026-01-02', '--reprocess', 'some'],
    /'some' is invalid\. Allowed choices are missing, all\. Usage: /,
  ],
  [
    ['backfill', 'weather', '--from', '2026-01-01', '--to', '2026-01-02', '--concurrency', '51'],
    /'51' is invalid\. Give a whole number from 1 to 50\./,
  ],
  [['apply', '--prune', '--drop-data', 'dev.a.raw'], /nobody is there to confirm .* --yes drops it unasked/],
  [['show', 'weather', '--limit', '0'], /'0' is invalid\. Give a whole number that is at least 1\./],
  [['show', 'weather', '--limit', '1;DROP'], /'1;DROP' is invalid/],
  [['stack', 'logs', 'kafka', '--lines', '1e3'], /^millrace stack logs: .*'1e3' is invalid/],
  [['stack', 'ap'], /^millrace stack: unknown command 'ap'; did you mean 'up'\? There are up, down, /],
  [['stack'], /^millrace stack: no command is given\. There are up, down, /],
  [
    ['runn', 'weather'],
    /^millrace: unknown command 'runn'; did you mean 'run'\? There are init, check, try, plan, apply, list, describe, run, /,
  ],
  [['help', 'wat'], /^millrace: unknown command 'wat'\. There are init, /],
  [[], /^millrace: no command is given\. There are init, .*'millrace --help' says the rest\.$/],
])('%j is refused with a code and a remedy before anything is asked of a server', async (words, says) => {
  const error = await refusal(...words);
  expect(isMillraceError(error, 'INPUT_INVALID') && error.message).toMatch(says);
});

it.each([[['--help']], [['run', '--help']], [['help', 'run']]])('%j is no mistake', async (words) => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  expect(await refusal(...words)).toMatchObject({ exitCode: 0 });
});

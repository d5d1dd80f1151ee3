import { Command } from '@commander-js/extra-typings';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { registerApply } from '../../../src/cli/apply.ts';
import { registerBackfill } from '../../../src/cli/backfill.ts';
import { registerRun } from '../../../src/cli/run.ts';
import { registerShow } from '../../../src/cli/show.ts';

beforeEach(() => void vi.spyOn(process.stderr, 'write').mockReturnValue(true));
afterEach(() => void vi.restoreAllMocks());

/** What parsing these words ends with; none of them gets as far as a server. */
async function refusal(...words: string[]): Promise<string> {
  const program = new Command('millrace').exitOverride();
  for (const register of [registerApply, registerRun, registerBackfill, registerShow]) register(program);
  for (const command of program.commands) command.exitOverride();
  return program.parseAsync(words, { from: 'user' }).then(
    () => 'none',
    (error: Error) => error.message,
  );
}

it.each([
  [['run'], /missing required argument 'table\[@interval\]'/],
  [['run', 'weather@a@b'], /Give a table, or table@2026-01-31T05:00:00Z/],
  [['run', '@2026-01-31T05:00:00Z'], /Give a table/],
  [['run', 'weather', '--wat'], /unknown option '--wat'/],
  [['backfill', 'weather', '--from', '2026-01-01'], /required option '--to <instant>'/],
  [['backfill', 'weather', '--from', 'yesterday', '--to', '2026-01-02'], /'yesterday' is not an instant/],
  [['backfill', 'weather', '--from', '2026-01-01T05:00:00', '--to', '2026-01-02'], /not an instant/],
  [
    ['backfill', 'weather', '--from', '2026-01-01', '--to', '2026-01-02', '--reprocess', 'some'],
    /Allowed choices are missing, all/,
  ],
  [['apply', '--prune', '--drop-data', 'dev.a.raw'], /nobody is there to confirm .* --yes drops it unasked/],
  [['show', 'weather', '--limit', '0'], /whole number above 0/],
  [['show', 'weather', '--limit', '1;DROP'], /whole number above 0/],
  [['runn', 'weather'], /unknown command 'runn'/],
])('%j is refused before anything is asked of a server', async (words, says) => {
  expect(await refusal(...words)).toMatch(says);
});

import { CommanderError } from '@commander-js/extra-typings';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterEach, expect, it, vi } from 'vitest';
import { render } from '../../../src/cli/apply.ts';
import { exitWith } from '../../../src/cli/exit.ts';
import { asTable } from '../../../src/cli/show.ts';
import { ageOf, renderTable } from '../../../src/cli/table.ts';
import { MillraceError, type ErrorCode } from '../../../src/errors.ts';

afterEach(() => void vi.restoreAllMocks());

/** The exit code of an error, and what stderr got. */
function ending(error: unknown): { code: unknown; stderr: string } {
  let stderr = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => (stderr += String(text)) !== '');
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${String(code)}`);
  });
  expect(() => exitWith(error)).toThrow(/^exit/);
  return { code: exit.mock.calls[0]?.[0], stderr };
}

const CODES: [ErrorCode, number][] = [
  ['DEFINITION_INVALID', 1],
  ['SQL_INVALID', 1],
  ['CHANGE_UNSUPPORTED', 1],
  ['CONFIG_INVALID', 2],
  ['INPUT_INVALID', 2],
  ['INTERVAL_INVALID', 2],
  ['TABLE_UNKNOWN', 3],
  ['OBJECT_FOREIGN', 5],
  ['APPLY_RUNNING', 5],
  ['DRUID_UNAVAILABLE', 69],
  ['MARIADB_UNAVAILABLE', 69],
];

it.each(CODES)('%s ends with %i, and says its code and message alone', (code, exit) => {
  expect(ending(new MillraceError(code, 'what failed'))).toEqual({
    code: exit,
    stderr: `${code}: what failed\n`,
  });
});

it('a run that failed ends with 1 and the innermost failure', () => {
  const cause = ApplicationFailure.create({ type: 'ROW_INVALID', message: 'record 0' });
  expect(ending(new WorkflowFailedError('failed', cause, 'TIMEOUT'))).toEqual({
    code: 1,
    stderr: 'ROW_INVALID: record 0\n',
  });
});

it('a mistake in the arguments ends with 2, help with 0', () => {
  expect(ending(new CommanderError(1, 'commander.unknownOption', 'x')).code).toBe(2);
  vi.restoreAllMocks();
  expect(ending(new CommanderError(0, 'commander.help', 'x')).code).toBe(0);
});

it('a fault of ours ends with 70 and its stack', () => {
  const { code, stderr } = ending(new TypeError('x is undefined'));
  expect(code).toBe(70);
  expect(stderr).toMatch(/TypeError: x is undefined\n.*at [^]*fault of millrace itself/);
});

it('a table has columns as wide as they need, and no trailing blanks', () => {
  expect(renderTable(['name', 'n'], [['longer name', '1'], ['x', ''], ['y']])).toBe(
    'NAME         N\nlonger name  1\nx\ny\n',
  );
});

it('rows print nulls as -, minutes without seconds, and never break a line', () => {
  expect(asTable([{ at: '2026-01-01 05:00:00.000', n: 1.005, s: null, t: 'a\nb' }])).toBe(
    'AT                N      S  T\n2026-01-01 05:00  1.005  -  a b\n',
  );
  expect(asTable([])).toBe('(no rows)\n');
});

it.each([
  [0, '0 s'],
  [-89_000, '89 s'],
  [90_000, '2 min'],
  [89 * 60_000, '89 min'],
  [90 * 60_000, '2 h'],
  [36 * 3_600_000, '2 d'],
])('%i ms is %s', (ms, text) => {
  expect(ageOf(ms)).toBe(text);
});

it('apply prints what changed and counts the rest', () => {
  expect(
    render([
      { system: 'kafka', object: 'dev.a.raw', action: 'create' },
      { system: 'druid', object: 'dev_a_v1', action: 'update' },
      { system: 'mariadb', object: 'a', action: 'unchanged' },
    ]),
  ).toBe('  + kafka      dev.a.raw\n  ~ druid      dev_a_v1\nApply: 1 created, 1 updated, 1 unchanged.\n');
});

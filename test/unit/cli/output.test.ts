import { CommanderError } from '@commander-js/extra-typings';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterEach, expect, it, vi } from 'vitest';
import type { Plan } from '../../../src/apply/plan.ts';
import { listed, summary } from '../../../src/cli/apply.ts';
import { changeLines } from '../../../src/cli/changes.ts';
import { exitWith } from '../../../src/cli/exit.ts';
import { exitCodeOf, renderPlan } from '../../../src/cli/plan.ts';
import { asTable } from '../../../src/cli/show.ts';
import { ageOf, renderTable } from '../../../src/cli/table.ts';
import { MillraceError, type ErrorCode } from '../../../src/errors.ts';
import type { Change, Difference } from '../../../src/targets/target.ts';

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
  ['OBJECT_GONE', 5],
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

it('help that was asked for ends with 0', () => {
  expect(ending(new CommanderError(0, 'commander.help', 'x'))).toEqual({ code: 0, stderr: '' });
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

const change = (action: Change['action'], more: Partial<Change> = {}): Change => ({
  ...{ system: 'kafka', object: 'dev.a.raw', action, differences: [] },
  ...more,
});
const difference = (name: string, byHand: boolean, live: unknown = 1, desired: unknown = 2): Difference => ({
  ...{ path: [name], live, desired, byHand },
});

it.each<[string, Change, string]>([
  ['a new object', change('create'), '  + kafka      dev.a.raw\n'],
  ['an object that is as it should be', change('unchanged'), ''],
  [
    'what the definition changed',
    change('update', { differences: [difference('partitions', false)] }),
    '  ~ kafka      dev.a.raw (partitions: 1 → 2)\n',
  ],
  [
    'what somebody changed by hand',
    change('update', { differences: [difference('retention.ms', true, null, { bytes: 5 })] }),
    '  ! kafka      dev.a.raw: changed by hand (retention.ms: none → bytes 5)\n',
  ],
  [
    'both, on a line each',
    change('update', { differences: [difference('a', false), difference('b', true)] }),
    '  ~ kafka      dev.a.raw (a: 1 → 2)\n  ! kafka      dev.a.raw: changed by hand (b: 1 → 2)\n',
  ],
  [
    'what no file defines any more',
    change('left', { note: 'it stays' }),
    '  - kafka      dev.a.raw: no longer defined · it stays\n',
  ],
])('a change is printed: %s', (_what, of, line) => {
  expect(changeLines(of)).toBe(line);
});

it('apply counts what it did, and names what it retired only where it did', () => {
  expect(summary([change('create'), change('unchanged')])).toBe(
    'Apply: 1 created, 0 updated, 1 unchanged.\n',
  );
  const drifted = change('update', { differences: [difference('a', true)] });
  expect(summary([drifted, change('retire')])).toBe(
    'Apply: 0 created, 1 updated (1 changed by hand), 0 unchanged, 1 retired.\n',
  );
});

it('what is kept is told from what goes, counted, and said how to be dropped', () => {
  const leftovers = [change('retire'), change('kept', { note: 'it holds data and is kept' })];
  expect(listed(leftovers)).toBe(
    [
      '  - kafka      dev.a.raw: no longer defined',
      '  = kafka      dev.a.raw: no longer defined · it holds data and is kept',
      '1 to retire, 1 kept.',
      '',
    ].join('\n'),
  );
  expect(summary(leftovers)).toBe(
    "Apply: 0 created, 0 updated, 0 unchanged, 1 retired, 1 kept.\nWhat is kept holds data. 'npx millrace apply --prune --drop-data <name>' drops one with its data.\n",
  );
  expect(renderPlan({ changes: leftovers, refused: [], unknown: [], unchecked: [] })).toMatch(
    /^Plan: 0 to create, 0 to update, 0 unchanged, 1 to retire, 1 kept\.\nWhat is kept/m,
  );
});

it('a plan ends with a line of counts, after what is refused and what is unknown', () => {
  const planned = {
    changes: [change('create'), change('left')],
    refused: [{ system: 'druid', object: 'a', why: 'Somebody else made it.' }],
    unknown: [{ system: 'superset', why: 'SUPERSET_UNAVAILABLE: no answer.' }],
    unchecked: [{ system: 'mariadb', object: 'view v', why: 'SELECT command denied' }],
  };
  expect(renderPlan(planned)).toBe(
    [
      '  + kafka      dev.a.raw',
      '  - kafka      dev.a.raw: no longer defined',
      '  x druid      a: refused. Somebody else made it.',
      '  ? mariadb    view v: its SQL was not checked: SELECT command denied',
      '  ? superset: unknown. SUPERSET_UNAVAILABLE: no answer.',
      'Plan: 1 to create, 0 to update, 0 unchanged, 1 no longer defined, 1 refused, 1 not checked, unknown: superset.',
      '',
    ].join('\n'),
  );
});

it.each<[string, Partial<Plan>, boolean, number]>([
  ['nothing to do', { changes: [change('unchanged'), change('left'), change('kept')] }, true, 0],
  ['something to do, and nobody asked', { changes: [change('create')] }, false, 0],
  ['something to do', { changes: [change('update')] }, true, 2],
  ['something to retire', { changes: [change('retire')] }, true, 2],
  ['something unknown', { unknown: [{ system: 'druid', why: 'x' }] }, true, 1],
  ['something refused', { refused: [{ system: 'druid', object: 'a', why: 'x' }] }, true, 1],
])('the exit code of a plan with %s', (_what, of, hasExitCode, code) => {
  expect(exitCodeOf({ changes: [], refused: [], unknown: [], unchecked: [], ...of }, hasExitCode)).toBe(code);
});

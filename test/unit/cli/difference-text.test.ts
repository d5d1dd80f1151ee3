import { expect, it, test } from 'vitest';
import { differencesText, pathText } from '../../../src/cli/difference-text.ts';
import type { Difference } from '../../../src/targets/target.ts';

const of = (path: string[], live: unknown, desired: unknown, more: Partial<Difference> = {}): Difference => ({
  ...{ path, live, desired, byHand: false },
  ...more,
});

it.each<[string, string[], string]>([
  ['a name that holds dots, alone', ['settings', 'retention.ms'], 'retention.ms'],
  ['a name that holds dots, among others', ['io', 'properties', 'a.b'], "io.properties.'a.b'"],
  ['a column', ['columns', 'delay'], 'delay'],
  ['a column of the staging table', ['staging', 'columns', 'delay'], 'staging.delay'],
  ['a column that is called columns', ['columns', 'columns'], 'columns'],
  ['a part that is called as a collection', ['spec', 'settings', 'x'], 'spec.settings.x'],
  ['what stands in a unit', ['facts', 'offsetMs'], 'offset'],
])('a path is shown: %s', (_what, path, text) => {
  expect(pathText(path)).toBe(text);
});

it.each<[string, Difference, string]>([
  ['a column', of(['columns', 'delay'], 'int(11)', 'bigint(20)'), 'delay: int(11) → bigint(20)'],
  ['a column that is new', of(['columns', 'delay'], undefined, 'int(11)'), '+ delay int(11)'],
  ['a column that goes', of(['columns', 'delay'], 'int(11)', undefined), '- delay'],
  [
    'a column that somebody dropped',
    of(['columns', 'delay'], undefined, 'int(11)', { byHand: true }),
    'delay: none → int(11)',
  ],
  [
    'fields of a definition',
    of(
      ['facts', 'fields'],
      [
        { name: 'a', type: 'integer' },
        { name: 'b', type: 'text' },
      ],
      [
        { name: 'a', type: 'number', nullable: true },
        { name: 'c', type: 'text' },
      ],
    ),
    'fields.a: integer → number, nullable, + fields.c text, - fields.b',
  ],
  [
    'fields in another order',
    of(['facts', 'fields'], [{ name: 'a' }, { name: 'b' }], [{ name: 'b' }, { name: 'a' }]),
    'fields: another order',
  ],
  ['a whole member', of(['columns', 'u'], undefined, { type: 'TEXT', groupby: true }), '+ u TEXT, groupby'],
  ['a key', of(['facts', 'key'], ['hour'], ['hour', 'shop']), 'key: hour → hour, shop'],
  ['a time', of(['facts', 'offsetMs'], undefined, 420_000), '+ offset 7 minutes'],
  [
    'the intervals of a schedule',
    of(['intervals'], [{ everyMs: 3_600_000, offsetMs: 0 }], [{ everyMs: 3_600_000, offsetMs: 90_000 }]),
    'intervals: every 1 hour, offset 0 → every 1 hour, offset 90 seconds',
  ],
  [
    'SQL of a definition',
    of(
      ['facts', 'sql'],
      ['SELECT 1 FROM ', { read: 'a' }],
      ['SELECT 2 FROM ', { read: 'a' }, ' WHERE ', { interval: true }],
    ),
    'sql: SELECT 1 FROM ${a} → SELECT 2 FROM ${a} WHERE ${interval}',
  ],
  [
    'what is not known yet',
    of(['columns'], { a: {} }, { $unknown: 'known once view x is made' }),
    'columns: known once view x is made',
  ],
])('a difference is shown as a person writes it: %s', (_what, difference, text) => {
  expect(differencesText([difference])).toBe(text);
});

test('of two long values the part around the first difference is shown, on both sides', () => {
  const [head, tail] = ['SELECT '.padEnd(100, 'a'), ' b'.repeat(60)];
  expect(differencesText([of(['sql'], `${head}x > 1${tail}`, `${head}x > 20${tail}`)])).toBe(
    `sql: …${'a'.repeat(16)}x > 1${' b'.repeat(18)} … → …${'a'.repeat(16)}x > 20${' b'.repeat(18)}…`,
  );
});

test('a difference near the end of a long value leaves more of what stands before it', () => {
  const head = 'a'.repeat(100);
  expect(differencesText([of(['sql'], `${head}1`, `${head}22`)])).toBe(
    `sql: …${'a'.repeat(57)}1 → …${'a'.repeat(57)}22`,
  );
});

test('a long value that is new is cut at its end', () => {
  expect(differencesText([of(['sql'], undefined, 'x'.repeat(90))])).toBe(`+ sql ${'x'.repeat(59)}…`);
});

test('what another line says is named where nothing else is to be said, and else left out', () => {
  const echo = of(['staging', 'columns', 'delay'], undefined, 'int(11)', { isEcho: true });
  expect(differencesText([of(['columns', 'delay'], undefined, 'int(11)'), echo])).toBe('+ delay int(11)');
  expect(differencesText([{ ...echo, path: ['facts', 'sql'] }])).toBe('sql');
});

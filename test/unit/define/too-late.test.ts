import { expect, test } from 'vitest';
import { readsTooLate } from '../../../src/define/too-late.ts';
import type { Calendar, Definition, PullDefinition } from '../../../src/definition/definition.ts';

const HOUR_MS = 3_600_000;
const HOURLY: Calendar = { kind: 'hour' };
const day = (zone: string): Calendar => ({ kind: 'day', zone });

const pull = (name: string, calendar: Calendar, offsetHours: number, reads?: string): PullDefinition =>
  ({
    ...{ kind: 'pull', name, calendar, offsetMs: offsetHours * HOUR_MS },
    ...(reads === undefined ? {} : { forEach: ['SELECT id FROM ', { read: reads }] }),
  }) as unknown as PullDefinition;

const said = (child: PullDefinition, ...others: Definition[]) =>
  readsTooLate(child, new Map([child, ...others].map((one) => [one.name, one]))).map(({ text }) => text);

test.each<[what: string, parent: PullDefinition, child: PullDefinition]>([
  ['as late', pull('parents', day('UTC'), 5), pull('children', day('UTC'), 5, 'parents')],
  ['an hour later', pull('parents', day('UTC'), 1), pull('children', day('UTC'), 0, 'parents')],
  ['hourly, before a day', pull('parents', HOURLY, 0), pull('children', day('UTC'), 0, 'parents')],
  [
    'of another zone, and in time',
    pull('parents', day('Europe/Berlin'), 1),
    pull('children', day('UTC'), 0, 'parents'),
  ],
])('a table that is due %s is waited for', (_what, parent, child) => {
  expect(said(child, parent)).toEqual([]);
});

test.each<[what: string, parent: PullDefinition, child: PullDefinition, offset: string, late: string]>([
  [
    'by five hours',
    pull('parents', day('UTC'), 5),
    pull('children', day('UTC'), 0, 'parents'),
    '5 hours',
    '5 hours',
  ],
  [
    'for each hour after midnight',
    pull('parents', day('UTC'), 5),
    pull('children', HOURLY, 1, 'parents'),
    '5 hours',
    '4 hours',
  ],
  [
    'of another zone',
    pull('parents', day('Europe/Berlin'), 3),
    pull('children', day('UTC'), 0, 'parents'),
    '2 hours',
    '2 hours',
  ],
])(
  'a table that is due too late, %s, is named with the offset that helps',
  (_what, parent, child, offset, late) => {
    const [text, ...others] = said(child, parent);
    expect(others).toEqual([]);
    expect(text).toContain(`reads 'parents'`);
    expect(text).toContain(`are due ${late} after this pull`);
    expect(text).toContain(`give it offset: '${offset}' or more.`);
  },
);

test('of views, the tables below are waited for', () => {
  const view = { kind: 'view', name: 'v', sql: ['SELECT * FROM ', { read: 'parents' }] } as Definition;
  const child = pull('children', day('UTC'), 0, 'v');
  expect(said(child, view, pull('parents', day('UTC'), 3))[0]).toContain("reads 'parents'");
  const circle = { kind: 'view', name: 'v', sql: ['SELECT * FROM ', { read: 'v' }] } as Definition;
  expect(said(child, circle)).toEqual([]);
});

import { expect, it } from 'vitest';
import type { Balance } from '../../../src/balance/index.ts';
import { renderBalance } from '../../../src/cli/balance.ts';

const interval = { start: '2026-01-05T07:00:00Z', end: '2026-01-05T08:00:00Z' };
const EVEN: Balance = {
  stream: 'orders',
  from: null,
  to: null,
  totals: [
    { book: 'raw', expected: 12, found: 12 },
    { book: 'duplicate', expected: null, found: 2 },
    { book: 'dev_orders_v1', expected: 10, found: null },
  ],
  differences: [],
  late: [],
  unknown: [],
  notes: [],
};
const lost = (side: string) => ({
  side,
  interval,
  partition: null,
  expected: 10,
  found: 9,
  means: 'A row is gone.',
});
const lastLine = (found: Balance) => renderBalance(found).trimEnd().split('\n').at(-1);

it('books that balance are a table of totals and one word', () => {
  expect(renderBalance(EVEN)).toBe(`BOOK           EXPECTED  FOUND
raw            12        12
duplicate      -         2
dev_orders_v1  10        -

balanced
`);
});

it('a difference names side, partition or interval, and both numbers, with what to do', () => {
  const differences = [
    lost('hourly.orders'),
    { ...lost('clean'), interval: null, partition: 3, means: 'Somebody else.', remedy: 'Stop him.' },
    { ...lost('daily.orders'), command: 'npx millrace backfill daily' },
  ];
  const text = renderBalance({ ...EVEN, differences });
  expect(text).toContain(
    '! hourly.orders, 2026-01-05T07:00:00Z → 2026-01-05T08:00:00Z: 9, expected 10. A row is gone.\n',
  );
  expect(text).toContain('! clean, partition 3: 9, expected 10. Somebody else. Stop him.\n');
  expect(text).toContain('A row is gone. To load it again: npx millrace backfill daily\n');
  expect(lastLine({ ...EVEN, differences })).toBe('3 differences');
});

it('a late interval is said with the command that loads it again, and is no difference', () => {
  const late = [{ table: 'hourly', interval, events: 1, command: 'npx millrace backfill hourly' }];
  expect(renderBalance({ ...EVEN, late })).toContain(
    '· hourly 2026-01-05T07:00:00Z: loaded before 1 event came; a reload heals it: npx millrace backfill hourly\n',
  );
  expect(lastLine({ ...EVEN, late })).toBe('balanced, 1 late interval');
});

it('what could not be compared is not called balanced', () => {
  expect(lastLine({ ...EVEN, unknown: ['Druid is behind'] })).toBe('no difference found, 1 not compared');
  expect(lastLine({ ...EVEN, unknown: ['x'], differences: [lost('a')] })).toBe(
    '1 difference, 1 not compared',
  );
});

it('of many differences of one side the first twenty are shown, and the other sides all the same', () => {
  const differences = [...Array.from({ length: 30 }, () => lost('dev_orders_v1')), lost('hourly.orders')];
  const text = renderBalance({ ...EVEN, differences });
  expect(text.match(/^! dev_orders_v1/gm)).toHaveLength(20);
  expect(text).toContain('and 10 more differences of dev_orders_v1: --json has them all');
  expect(text).toContain('! hourly.orders');
});

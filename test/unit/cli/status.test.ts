import { expect, it } from 'vitest';
import { renderStatus } from '../../../src/cli/status.ts';
import type { StreamStatus } from '../../../src/cli/status/streams.ts';
import type { TableStatus } from '../../../src/cli/status/table-status.ts';

const NOW = Date.parse('2026-01-05T06:52:00Z');
const counts = { raw: 9, clean: 8, dead: 1, duplicate: 0, filtered: 0, lag: 2 };
const stream: StreamStatus = { stream: 'orders', state: 'running', druid: 'supervised', ...counts };
const table: TableStatus = {
  ...{ table: 'weather', kind: 'pull', intervals: 3, rows: 9, newest: '2026-01-05T05:00:00Z' },
  ...{ nextSlot: '2026-01-05T07:00:00Z', paused: null },
};

/** Of what a status prints: the line that begins so. */
function lineOf(
  begin: string,
  of: { streams?: StreamStatus[]; tables?: TableStatus[]; problems?: string[] },
) {
  const text = renderStatus({ servers: [], streams: [], tables: [], problems: [], ...of }, NOW);
  return text.split('\n').find((line) => line.startsWith(begin));
}

it.each<[string, Partial<TableStatus>, RegExp]>([
  ['is due', {}, /  2026-01-05T07:00:00Z \(in 8 min\)$/],
  ['has no slot to come', { nextSlot: null }, /2026-01-05T05:00:00Z  -$/],
  ['is paused', { nextSlot: null, paused: 'vendor maintenance' }, /  paused: vendor maintenance$/],
  ['is paused without a word', { nextSlot: null, paused: '' }, /  paused$/],
])('the line of a table that %s', (_what, more, says) => {
  expect(lineOf('weather', { tables: [{ ...table, ...more }] })).toMatch(says);
});

const resume = 'curl -X POST http://d:1/druid/indexer/v1/supervisor/dev_orders_v1/resume';

it.each<[string, Partial<StreamStatus>, RegExp]>([
  ['Druid reads', {}, /  2    supervised$/],
  [
    'somebody suspended',
    { druid: 'suspended', resume },
    /  suspended; to resume it: curl -X POST \S+\/resume$/,
  ],
  ['Druid does not know', { druid: 'absent' }, /  absent$/],
  ['nobody could be asked about', { druid: null }, /  -$/],
])('the line of a stream that %s', (_what, more, says) => {
  expect(lineOf('orders', { streams: [{ ...stream, ...more }] })).toMatch(says);
});

it('a problem stands on a line of its own, behind an exclamation mark', () => {
  expect(lineOf('!', { problems: ['table weather: its last run failed'] })).toBe(
    '! table weather: its last run failed',
  );
});

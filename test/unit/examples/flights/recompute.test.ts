import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { departuresBetween } from '../../../../examples/flights/sample/departures.ts';
import { observationsBetween } from '../../../../examples/flights/sample/weather.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../../../support/recompute.py');

interface Row {
  hour: string;
  origin: string;
  carrier: string;
  flights: number;
  avgDelayMin: number | null;
  windKph: number | null;
  rainMm: number | null;
}

function recompute(from: string, to: string, ...more: string[]): string {
  return execFileSync('python3', [PROGRAM, '--from', from, '--to', to, ...more], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });
}

/** The same rows by the plainest means from what the demo's outside world sends. */
function fromEvents(fromMs: number, toMs: number) {
  const groups = new Map<string, { flights: number; delays: number[] }>();
  for (const { at, origin, carrier, delayMin } of departuresBetween(fromMs, toMs)) {
    const key = `${at.slice(0, 13)}:00:00Z ${origin} ${carrier}`;
    const group = groups.get(key) ?? { flights: 0, delays: [] };
    groups.set(key, group);
    group.flights++;
    if (delayMin !== null) group.delays.push(delayMin);
  }
  const weather = new Map(
    [...observationsBetween(fromMs, toMs)].map((row) => [`${row.hour} ${row.origin}`, row]),
  );
  return [...groups].sort().map(([key, { flights, delays }]) => {
    const [hour, origin, carrier] = key.split(' ') as [string, string, string];
    const observed = weather.get(`${hour} ${origin}`);
    return {
      hour,
      origin,
      carrier,
      flights,
      avgDelayMin: delays.length === 0 ? null : delays.reduce((sum, delay) => sum + delay, 0) / delays.length,
      windKph: observed?.windKph ?? null,
      rainMm: observed?.rainMm ?? null,
    };
  });
}

test.each([
  ['a whole length of the sample across its seam', '2025-12-01T00:00:00Z', '2026-01-05T00:00:00Z'],
  ['a day before 2013', '1999-12-31T12:00:00Z', '2000-01-01T12:00:00Z'],
  ['one hour', '2026-01-05T13:00:00Z', '2026-01-05T14:00:00Z'],
])(
  'the independent recomputation agrees with the events and the weather in every cell: %s',
  (_case, from, to) => {
    const rows = recompute(from, to)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row & { airline: string });
    const withoutAirline = rows.map(({ airline: _airline, ...row }) => row);
    expect(withoutAirline).toEqual(fromEvents(Date.parse(from), Date.parse(to)));
    expect(rows.every(({ airline }) => airline.length > 0)).toBe(true);
  },
  // Five weeks are computed twice, once by another program.
  30_000,
);

test('the columns come in the order of the view', () => {
  const [header] = recompute('2026-01-05T13:00:00Z', '2026-01-05T14:00:00Z', '--format', 'csv').split('\n');
  expect(header).toBe('hour,origin,carrier,flights,avgDelayMin,airline,windKph,rainMm');
});

test('a bound that is not a whole hour in a known offset is refused', () => {
  for (const from of ['2026-01-05T13:30:00Z', '2026-01-05T13:00:00']) {
    expect(() => recompute(from, '2026-01-05T15:00:00Z')).toThrow(/argument --from/);
  }
});

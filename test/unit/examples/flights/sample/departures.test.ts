import { describe, expect, test } from 'vitest';
import {
  announcedAtMs,
  announcedBetween,
  departuresBetween,
} from '../../../../../examples/flights/sample/departures.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const SAMPLE_START_MS = Date.parse('2013-06-10T00:00:00Z');
const NOON_MS = Date.parse('2026-01-07T12:00:00Z');

/** What two copies of one flight share: everything but the shift and the instant. */
const unshifted = (departure: { id: string; at: string }) => ({
  ...departure,
  id: departure.id.replace(/~.*/, ''),
  at: departure.at.slice(11),
});

describe('departures of any instants', () => {
  test('the first departures of the sample stand unshifted in their own hour of 2013', () => {
    const departures = departuresBetween(SAMPLE_START_MS, SAMPLE_START_MS + 60_000);
    expect(departures[0]).toEqual({
      id: '2013-06-09-DL-1147-LGA~+0w',
      at: '2013-06-10T00:00:00Z',
      carrier: 'DL',
      origin: 'LGA',
      dest: 'ATL',
      flight: 1147,
      tailnum: 'N941DL',
      delayMin: 30,
      distance: 762,
    });
    expect(departures.map(({ id }) => id)).toEqual([
      '2013-06-09-DL-1147-LGA~+0w',
      '2013-06-09-UA-695-LGA~+0w',
      '2013-06-09-US-2142-LGA~+0w',
      '2013-06-09-US-2189-LGA~+0w',
    ]);
  });

  test('the sample repeats every five weeks, forwards and backwards, and the id tells the copy', () => {
    const first = departuresBetween(SAMPLE_START_MS, SAMPLE_START_MS + 24 * HOUR_MS);
    for (const copy of [-200, -1, 1, 130]) {
      const fromMs = SAMPLE_START_MS + copy * 5 * WEEK_MS;
      const repeated = departuresBetween(fromMs, fromMs + 24 * HOUR_MS);
      expect(repeated.map(unshifted)).toEqual(first.map(unshifted));
      expect(repeated[0]?.id).toBe(`2013-06-09-DL-1147-LGA~${copy < 0 ? '' : '+'}${copy * 5}w`);
    }
  });

  test('a window that spans the end of the sample goes on with its beginning', () => {
    const seamMs = SAMPLE_START_MS + 5 * WEEK_MS;
    const across = departuresBetween(seamMs - HOUR_MS, seamMs + HOUR_MS);
    expect(across).toEqual([
      ...departuresBetween(seamMs - HOUR_MS, seamMs),
      ...departuresBetween(seamMs, seamMs + HOUR_MS),
    ]);
    expect(new Set(across.map(({ id }) => id.replace(/.*~/, '')))).toEqual(new Set(['+0w', '+5w']));
  });

  test('a window of eleven weeks holds every id once, in order of time, none outside', () => {
    const departures = departuresBetween(NOON_MS, NOON_MS + 11 * WEEK_MS);
    expect(departures.length).toBeGreaterThan(2 * 32_966);
    expect(new Set(departures.map(({ id }) => id)).size).toBe(departures.length);
    const instants = departures.map(({ at }) => at);
    expect(instants).toEqual([...instants].sort());
    expect(Date.parse(instants[0] as string)).toBeGreaterThanOrEqual(NOON_MS);
    expect(Date.parse(instants.at(-1) as string)).toBeLessThan(NOON_MS + 11 * WEEK_MS);
  });

  test('exactly the cancelled flights have no delay, in any five weeks', () => {
    const departures = departuresBetween(NOON_MS, NOON_MS + 5 * WEEK_MS);
    expect(departures).toHaveLength(32_966);
    expect(departures.filter(({ delayMin }) => delayMin === null)).toHaveLength(1_293);
    expect(departures.filter(({ tailnum }) => tailnum === null)).toHaveLength(387);
  });

  test('an empty window has no departures', () => {
    expect(departuresBetween(NOON_MS, NOON_MS)).toEqual([]);
  });
});

describe('announcements', () => {
  test('each departure is announced within the first 50 seconds of its minute', () => {
    const seconds = departuresBetween(NOON_MS, NOON_MS + 24 * HOUR_MS).map(
      (departure) => (announcedAtMs(departure) - Date.parse(departure.at)) / 1000,
    );
    expect(Math.min(...seconds)).toBe(0);
    expect(Math.max(...seconds)).toBe(49);
  });

  test('consecutive windows of a second announce what one window does, each departure once', () => {
    const ticks = Array.from({ length: 600 }, (_, second) => NOON_MS + second * 1000);
    const ticked = ticks.flatMap((fromMs) => announcedBetween(fromMs, fromMs + 1000));
    const whole = announcedBetween(NOON_MS, NOON_MS + 600_000);
    expect(ticked).toEqual(whole);
    expect(whole.map(({ id }) => id).sort()).toEqual(
      departuresBetween(NOON_MS, NOON_MS + 600_000)
        .map(({ id }) => id)
        .sort(),
    );
  });
});

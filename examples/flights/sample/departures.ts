import { createHash } from 'node:crypto';
import { z } from 'zod';
import { number, readSample, text } from './csv.ts';
import { isoSeconds, rowsBetween } from './timeline.ts';

/** One departure as the airports announce it: the JSON of an event. */
export interface Departure {
  /** New York's date, carrier, flight, origin, and the shift: `2013-06-13-B6-1234-JFK~+645w`. */
  id: string;
  /** Planned departure, to the minute, in UTC. */
  at: string;
  carrier: string;
  origin: string;
  dest: string;
  flight: number;
  tailnum: string | null;
  /** Minutes late, negative when early; null: cancelled. */
  delayMin: number | null;
  /** In miles. */
  distance: number;
}

const FLIGHT_ROW = z
  .object({
    year: z.string(),
    month: z.string(),
    day: z.string(),
    dep_time: number,
    dep_delay: number,
    carrier: z.string(),
    flight: z.coerce.number().int(),
    tailnum: text,
    origin: z.string(),
    dest: z.string(),
    distance: z.coerce.number().int(),
    minute: z.coerce.number().int(),
    time_hour: z.iso.datetime(),
  })
  .transform((row) => ({
    sampledAtMs: Date.parse(row.time_hour) + row.minute * 60_000,
    // Unique by New York's date only: a flight planned about midnight UTC leaves twice on one UTC date.
    key: `${row.year}-${row.month.padStart(2, '0')}-${row.day.padStart(2, '0')}-${row.carrier}-${row.flight}-${row.origin}`,
    facts: {
      carrier: row.carrier,
      origin: row.origin,
      dest: row.dest,
      flight: row.flight,
      tailnum: row.tailnum,
      delayMin: row.dep_time === null ? null : row.dep_delay,
      distance: row.distance,
    },
  }));

let sample: z.infer<typeof FLIGHT_ROW>[] | undefined;

/**
 * The departures planned in `[fromMs, toMs)` (ms since the epoch), in order of time; within a minute by id.
 * Any instants will do, past or future: the sample repeats without end (timeline.ts).
 */
export function departuresBetween(fromMs: number, toMs: number): Departure[] {
  sample ??= readSample('flights.csv', FLIGHT_ROW).sort(
    (a, b) => a.sampledAtMs - b.sampledAtMs || (a.key < b.key ? -1 : 1),
  );
  return [...rowsBetween(sample, fromMs, toMs)].map(({ row, atMs, shiftWeeks }) => ({
    id: `${row.key}~${shiftWeeks < 0 ? '' : '+'}${shiftWeeks}w`,
    at: isoSeconds(atMs),
    ...row.facts,
  }));
}

/** Departures of one minute are announced over this many seconds: none comes after its hour has ended. */
const SPREAD_SECONDS = 50;

/**
 * When a departure is announced: within its minute, at a second that its id decides, so that a live stream
 * trickles instead of coming in one burst per minute.
 *
 * @returns ms since the epoch
 */
export function announcedAtMs(departure: Departure): number {
  const second = createHash('sha256').update(departure.id).digest().readUInt32BE(0) % SPREAD_SECONDS;
  return Date.parse(departure.at) + second * 1000;
}

/** The departures announced in `[fromMs, toMs)`, in the order of their announcement. */
export function announcedBetween(fromMs: number, toMs: number): Departure[] {
  return departuresBetween(fromMs - SPREAD_SECONDS * 1000, toMs)
    .map((departure) => ({ departure, announcedMs: announcedAtMs(departure) }))
    .filter(({ announcedMs }) => announcedMs >= fromMs && announcedMs < toMs)
    .sort((a, b) => a.announcedMs - b.announcedMs)
    .map(({ departure }) => departure);
}

import { z } from 'zod';
import { number, readSample } from './csv.ts';
import { isoSeconds, rowsBetween } from './timeline.ts';

/** The weather at one airport in one hour. */
export interface Observation {
  origin: string;
  /** Start of the hour, in UTC. */
  hour: string;
  windKph: number | null;
  rainMm: number | null;
  temperatureC: number | null;
}

export const HOUR_MS = 3_600_000;

const KM_PER_MILE = 1.609344;
const MM_PER_INCH = 25.4;

const WEATHER_ROW = z
  .object({
    origin: z.string(),
    time_hour: z.iso.datetime(),
    temp: number,
    wind_speed: number,
    precip: number,
  })
  .transform((row) => ({
    sampledAtMs: Date.parse(row.time_hour),
    origin: row.origin,
    windKph: rounded(row.wind_speed, (mph) => mph * KM_PER_MILE, 1),
    rainMm: rounded(row.precip, (inches) => inches * MM_PER_INCH, 2),
    temperatureC: rounded(row.temp, (fahrenheit) => ((fahrenheit - 32) * 5) / 9, 1),
  }));

let sample: z.infer<typeof WEATHER_ROW>[] | undefined;

/**
 * The observations of the hours that start in `[fromMs, toMs)` (ms since the epoch), in order of hour, then
 * origin. Lazy, over an endless time line (timeline.ts). Hours that the source lacks are lacking here too.
 */
export function* observationsBetween(fromMs: number, toMs: number): Generator<Observation> {
  sample ??= readSample('weather.csv', WEATHER_ROW).sort(
    (a, b) => a.sampledAtMs - b.sampledAtMs || (a.origin < b.origin ? -1 : 1),
  );
  for (const { row, atMs } of rowsBetween(sample, fromMs, toMs)) {
    const { origin, windKph, rainMm, temperatureC } = row;
    yield { origin, hour: isoSeconds(atMs), windKph, rainMm, temperatureC };
  }
}

function rounded(value: number | null, convert: (value: number) => number, decimals: number): number | null {
  // The addition turns -0 into 0.
  return value === null ? null : Number(convert(value).toFixed(decimals)) + 0;
}

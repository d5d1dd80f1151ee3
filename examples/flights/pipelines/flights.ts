import { every, external, interval, pull, rollup, secret, sql, stream, view, z } from 'millrace';

const airlines = external('airlines', {
  description: 'Carrier codes and names; loaded by the demo.',
  columns: { carrier: 'text', name: 'text' },
});

export const departures = stream('departures', {
  description: 'One event per flight that left, or should have left, New York.',
  event: z.object({
    id: z.string(),
    at: z.iso.datetime(),
    carrier: z.string(),
    origin: z.string(),
    dest: z.string(),
    flight: z.int(),
    tailnum: z.string().nullable(),
    delayMin: z.number().nullable(),
    distance: z.number(),
  }),
  id: 'id',
  time: 'at',
  dedupe: '1 hour',
});

export const weather = pull('weather', {
  description: 'Hourly observations at the airports, from the weather vendor.',
  every: every.hour(),
  time: 'hour',
  key: ['origin', 'hour'],
  http: {
    url: '{WEATHER_URL}/v1/observations',
    query: { from: '{start}', to: '{end}' },
    auth: { bearer: secret('WEATHER_TOKEN') },
    records: 'items',
    pages: { kind: 'cursor', param: 'after', from: 'next' },
  },
  row: z.object({
    origin: z.string(),
    hour: z.iso.datetime(),
    windKph: z.number().nullable(),
    rainMm: z.number().nullable(),
    temperatureC: z.number().nullable(),
  }),
});

export const departuresHourly = rollup('departures_hourly', {
  description: 'Flights and their mean delay by hour, airport and carrier.',
  every: every.hour(),
  time: 'hour',
  key: ['hour', 'origin', 'carrier'],
  row: z.object({
    hour: z.iso.datetime(),
    origin: z.string(),
    carrier: z.string(),
    flights: z.int(),
    avgDelayMin: z.number().nullable(),
  }),
  sql: sql`
    SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", origin, carrier, COUNT(*) AS flights, AVG(delayMin) AS avgDelayMin
    FROM ${departures}
    WHERE ${interval}
    GROUP BY 1, 2, 3`,
  counts: { flights: departures },
});

export const delaysByWeather = view('delays_by_weather', {
  description: "Delays beside the weather at the airport and the airline's name.",
  sql: sql`
    SELECT d.*, a.name AS airline, w.windKph, w.rainMm
    FROM ${departuresHourly} d
    JOIN ${airlines} a USING (carrier)
    LEFT JOIN ${weather} w USING (origin, hour)`,
});

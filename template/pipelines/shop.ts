import { every, interval, pull, rollup, secret, sql, stream, view, z } from 'millrace';

/*
 * One data source: orders as events, exchange rates from another system, and one table in which they are joined.
 * An editor shows every option with its default; `npx millrace check` says what is wrong with this file.
 */

/** Events. Whoever sends them writes to the Kafka topic `<env>.orders.raw`; Druid has them a moment later. */
export const orders = stream('orders', {
  description: 'One event per order of the shop.',
  event: z.object({ id: z.string(), at: z.iso.datetime(), currency: z.string(), amount: z.number() }),
  id: 'id', // an id that comes twice within `dedupe` is one event; producers use it as the message key
  time: 'at',
  dedupe: '1 hour',
});

/** Events, counted by the hour: Druid SQL over the stream, into a MariaDB table. Loaded at the end of every hour. */
export const ordersHourly = rollup('orders_hourly', {
  description: 'Orders and their amount by hour and currency.',
  every: every.hour(),
  time: 'hour',
  key: ['hour', 'currency'],
  row: z.object({ hour: z.iso.datetime(), currency: z.string(), orders: z.int(), amount: z.number() }),
  sql: sql`
    SELECT TIME_FLOOR(__time, 'PT1H') AS "hour", currency, COUNT(*) AS orders, SUM(amount) AS amount
    FROM ${orders}
    WHERE ${interval}
    GROUP BY 1, 2`,
  counts: { orders }, // `npx millrace balance orders` then holds the table against the events, too
});

/** Another system's numbers by HTTP, page by page. `vendor.mjs` plays that system; its address stands in `.env`. */
export const rates = pull('rates', {
  description: 'Exchange rates to the euro, by day.',
  every: every.day(), // days in UTC; every.day('Europe/Berlin') tiles by local days
  time: 'day',
  key: ['day', 'currency'],
  http: {
    url: '{RATES_URL}/v1/rates',
    query: { from: '{start}', to: '{end}' },
    auth: { bearer: secret('RATES_TOKEN') },
    records: 'data',
    pages: { kind: 'cursor', param: 'cursor', from: 'meta.next' },
  },
  row: z.object({ day: z.iso.date(), currency: z.string(), euros: z.number() }),
});

/** What people read in Superset: computed when it is read, so it is as fresh as the two tables. */
export const revenue = view('revenue', {
  description: 'Orders by hour and currency, in euros.',
  sql: sql`
    SELECT o.*, o.amount * r.euros AS euros
    FROM ${ordersHourly} o
    LEFT JOIN ${rates} r ON r.currency = o.currency AND r.day = DATE(o.hour)`,
});

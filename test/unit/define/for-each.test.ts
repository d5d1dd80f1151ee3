import { expect, test } from 'vitest';
import { at, every, pull, sql, stream, z } from '../../../src/index.ts';
import { byMessage, expectProblem, type Judged } from '../../support/problems-of.ts';

const customers = pull('customers', {
  ...{ every: every.day(), key: ['id'], write: 'snapshot', row: z.object({ id: z.int() }) },
  http: { url: 'https://billing.example/v1/customers' },
});
const events = stream('events', {
  ...{ event: z.object({ id: z.string(), at: z.iso.datetime() }), id: 'id', time: 'at' },
});

const row = z.object({ id: z.int(), day: z.iso.date() });
/** As a file that nobody type-checked holds them. */
const unchecked = (options: object) => options as never;
const invoicesOf = (http: object, more: object = {}) =>
  pull(
    'invoices',
    unchecked({
      ...{ every: every.day(), time: 'day', key: ['id'], row },
      http: { url: 'https://billing.example/v1', ...http },
      ...more,
    }),
  );
const forEach = sql`SELECT id FROM ${customers}`;
const BOUNDS =
  '{start}, {end}, {start.date}, {end.date}, {last.date}, {start.unix}, {end.unix}, {start.unixMs}, {end.unixMs}';

const INVALID: Judged[] = [
  [invoicesOf({}, { forEach: 'SELECT 1' }), "forEach: 'SELECT 1' is not a template; write sql`SELECT …`."],
  [invoicesOf({}, { forEach: sql`` }), 'forEach: is empty; write the SELECT.'],
  [
    invoicesOf({}, { forEach: sql`SELECT id FROM ${events}` }),
    "forEach: a pull cannot read stream 'events' (after 'SELECT id FROM'); its events are in Druid; make a rollup of them and read that.",
  ],
  [
    invoicesOf({}, { forEach: sql`SELECT id FROM ${'customers' as never}` }),
    "forEach: 'customers' is interpolated after 'SELECT id FROM'; interpolate a definition or ${interval} only.",
  ],
  [
    invoicesOf({ url: 'https://billing.example/{id}' }),
    `http.url: '{id}' is unknown; use one of ${BOUNDS}, or a setting such as {WEATHER_URL}.`,
  ],
  [
    invoicesOf({ query: { customer: '{id}' } }),
    `http.query.customer: '{id}' is unknown; use one of ${BOUNDS}.`,
  ],
  [
    invoicesOf({ url: 'https://{id}.billing.example/v1' }, { forEach }),
    'http.url: {id} stands in the host; a pull asks one host, so let columns stand in the path, or in query.',
  ],
  [
    invoicesOf({ query: { from: '{start.day}' } }, { forEach }),
    `http.query.from: '{start.day}' is unknown; use one of ${BOUNDS}.`,
  ],
  [
    invoicesOf({}, { row: z.object({ id: z.int(), day: z.iso.date(), customer: at('{id}', z.int()) }) }),
    "row.customer: at('{id}', …) takes a column of forEach, which the pull does not give; give it.",
  ],
];

test.each(byMessage(INVALID))('$named', expectProblem);

test('what forEach reads counts as read, and stands in the facts by its name', () => {
  const { definition, reads, problems } = invoicesOf(
    { url: 'https://billing.example/{id}', query: { customer: '{id}', from: '{start}' } },
    { forEach },
  );
  expect(problems).toEqual([]);
  expect(reads).toEqual([customers]);
  expect(definition?.forEach).toEqual(['SELECT id FROM ', { read: 'customers' }]);
});

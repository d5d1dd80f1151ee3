import { expect, it } from 'vitest';
import { renderDescription } from '../../../src/cli/describe.ts';
import type { Description } from '../../../src/cli/describe/read-description.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');

const RATES: Description = {
  name: 'rates',
  kind: 'pull',
  description: 'Exchange rates of the day.',
  owner: null,
  source: 'http',
  every: "every.day('Europe/Berlin')",
  offsetMs: 7_200_000,
  key: ['day', 'currency'],
  fields: [
    { name: 'day', type: 'date', nullable: false, optional: false },
    { name: 'currency', type: 'text', nullable: false, optional: false },
    { name: 'euros', type: 'number', nullable: true, optional: false },
  ],
  reads: [],
  readBy: ['revenue'],
  topics: null,
  datasource: null,
  definitionHash: 'aa',
  dataHash: 'bb',
  loaded: { intervals: 2, rows: 60, newest: '2026-01-30T23:00:00Z', loadedAt: '2026-01-31T11:57:00Z' },
  nextSlot: '2026-02-01T01:00:00Z',
  paused: null,
  lastRun: {
    workflowId: 'dev/rates-2026-01-31T01:00:00Z',
    status: 'COMPLETED',
    intervalStart: '2026-01-29T23:00:00Z',
    startedAt: '2026-01-31T11:56:00Z',
    failure: null,
    endedAt: '2026-01-31T11:57:00Z',
    url: 'http://temporal/run',
  },
  datasetUrl: 'http://superset/explore/?datasource_type=table&datasource_id=4',
  problems: [],
};

it('of a table it says what it is, what it holds, when it is due, and where to see it', () => {
  expect(renderDescription(RATES, NOW)).toBe(`\
name          rates
kind          pull (http)
description   Exchange rates of the day.
every         every.day('Europe/Berlin'), due 2 h after its end
read by       revenue
definition    aa
data          bb
loaded        2 intervals, 60 rows; the newest is 2026-01-30T23:00:00Z; a load ended 3 min ago
next slot     2026-02-01T01:00:00Z (in 13 h)
last run      completed of 2026-01-29T23:00:00Z, 3 min ago
              http://temporal/run
in Superset   http://superset/explore/?datasource_type=table&datasource_id=4

COLUMN    TYPE    NULL  KEY
day       date    no    1
currency  text    no    2
euros     number  yes
`);
});

it('what a kind has not is left out, and who did not answer is named', () => {
  const view: Description = {
    ...RATES,
    ...{
      kind: 'view',
      source: null,
      every: null,
      offsetMs: null,
      key: null,
      fields: null,
      loaded: null,
    },
    ...{ reads: ['orders_hourly', 'rates'], readBy: [], lastRun: null, datasetUrl: null, description: null },
    problems: ['SUPERSET_UNAVAILABLE: no answer'],
  };
  expect(renderDescription(view, NOW)).toBe(`\
name          rates
kind          view
reads         orders_hourly, rates
definition    aa
data          bb

! SUPERSET_UNAVAILABLE: no answer
`);
});

it('a run that goes on is told by since when', () => {
  const run = { ...RATES.lastRun!, status: 'RUNNING', endedAt: null, intervalStart: null };
  expect(renderDescription({ ...RATES, lastRun: run }, NOW)).toContain('last run      running, for 4 min\n');
});

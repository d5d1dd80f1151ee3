import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { namesFor } from '../../src/names.ts';
import { openDashboard, type OpenDashboard, type SeenChart } from '../support/browser.ts';

let dashboard: OpenDashboard;
let close: (() => Promise<void>) | undefined;

beforeAll(async () => {
  const config = loadConfig();
  if (config.superset === undefined)
    throw new Error('MILLRACE_SUPERSET_URL is empty: there is no dashboard to open.');
  const screenshot = process.env['MILLRACE_SCREENSHOT'];
  dashboard = await openDashboard({
    superset: config.superset,
    slug: namesFor(config.env).supersetDashboard('flights'),
    ...(screenshot ? { screenshot } : {}),
  });
  close = dashboard.close;
});

afterAll(async () => {
  await close?.();
});

test("the demo's dashboard holds a live line, delay by weather, a ranking, a table and big numbers", () => {
  expect(dashboard.title).toContain('Departures from New York');
  expect(ofKind('echarts_timeseries_line')).toHaveLength(1);
  expect(ofKind('echarts_timeseries_bar')).toHaveLength(2);
  expect(ofKind('table')).toHaveLength(1);
  expect(ofKind('big_number_total').length).toBeGreaterThanOrEqual(2);
});

test('every chart gets rows, and none shows an error or an empty state', () => {
  expect(dashboard.charts.length).toBeGreaterThanOrEqual(5);
  const faults = dashboard.charts.filter(
    ({ rows, error, text }) =>
      rows === 0 || error !== undefined || /No data|No results|Unexpected error|Error:/i.test(text),
  );
  expect(faults).toEqual([]);
  expect(dashboard.alerts).toEqual([]);
});

test('every big number is a number', () => {
  const shown = ofKind('big_number_total').map(({ text }) => text);
  expect(shown).not.toEqual([]);
  for (const text of shown) expect(text).toMatch(/^\s*-?\d[\d,.]*k?%?\s*$/m);
});

test('every line and bar chart is painted', () => {
  const charts = dashboard.charts.filter(({ vizType }) => vizType.startsWith('echarts'));
  expect(charts.map(({ title, isDrawn }) => ({ title, isDrawn }))).toEqual(
    charts.map(({ title }) => ({ title, isDrawn: true })),
  );
});

test('the table shows hours of the combined table with airline and weather', () => {
  const [table] = ofKind('table');
  expect(table?.cells.length).toBeGreaterThan(0);
  for (const row of table?.cells ?? []) expect(row).toHaveLength(7);
  expect(table?.cells.some((row) => row.every((cell) => cell !== '' && cell !== 'N/A'))).toBe(true);
});

function ofKind(vizType: string): SeenChart[] {
  return dashboard.charts.filter((chart) => chart.vizType === vizType);
}

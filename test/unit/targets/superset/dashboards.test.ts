import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { uuidOf } from '../../../../src/targets/superset/asset.ts';
import { dashboardAssets, readDashboards } from '../../../../src/targets/superset/dashboards.ts';
import { PACKAGE_DIR } from '../../../../src/package.ts';
import { namesFor } from '../../../../src/names.ts';

const names = namesFor('dev');

const CHART = `
uuid: line
slice_name: Line
viz_type: echarts_timeseries_line
dataset: clicks
query_context: '{"datasource":{"id":7}}'
params: { x_axis: __time }`;

const DASHBOARD = `
uuid: web
dashboard_title: Web
metadata:
  native_filter_configuration: [{ id: F, targets: [{ dataset: people, column: { name: id } }] }]
position:
  ROOT_ID: { type: ROOT, id: ROOT_ID, children: [CHART-a] }
  CHART-a: { type: CHART, id: CHART-a, meta: { uuid: line, width: 4 } }`;

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'millrace-dashboards-'));
  mkdirSync(path.join(dir, 'web', 'charts'), { recursive: true });
  write('web/dashboard.yaml', DASHBOARD);
  write('web/charts/line.yaml', CHART);
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

test('a dashboard refers to the datasets and charts of its env', () => {
  const [asset] = dashboardAssets(readDashboards(dir), ['clicks', 'people'], names);
  const chartUuid = uuidOf('dev', 'chart web/line');
  expect(asset).toMatchObject({ object: 'dashboard web', slug: 'dev-web', reads: ['clicks', 'people'] });
  const chart = asset?.files['charts/web-line.yaml'];
  expect(chart).toMatchObject({
    uuid: chartUuid,
    dataset_uuid: uuidOf('dev', 'dataset clicks'),
    version: '1.0.0',
  });
  expect(chart).not.toHaveProperty('query_context');
  expect(chart).not.toHaveProperty('dataset');
  expect(asset?.files['dashboards/web.yaml']).toMatchObject({
    slug: 'dev-web',
    uuid: asset?.uuid,
    metadata: {
      native_filter_configuration: [{ targets: [{ datasetUuid: uuidOf('dev', 'dataset people') }] }],
    },
    position: { 'CHART-a': { meta: { uuid: chartUuid, width: 4, chartId: expect.any(Number) as number } } },
  });
});

test('a dashboard whose datasets are not all among the definitions is left out', () => {
  expect(dashboardAssets(readDashboards(dir), ['clicks'], names)).toEqual([]);
});

test('a folder that does not exist holds no dashboards', () => {
  expect(dashboardAssets(readDashboards(path.join(dir, 'absent')), ['clicks'], names)).toEqual([]);
});

describe('a malformed file is refused by its name', () => {
  test.each([
    {
      name: 'no dataset',
      file: 'web/charts/line.yaml',
      text: CHART.replace('dataset:', 'data:'),
      says: /line\.yaml.*\n {2}dataset: /,
    },
    { name: 'no YAML', file: 'web/charts/line.yaml', text: 'a: b: c', says: /line\.yaml is not YAML/ },
    {
      name: 'a chart that is not there',
      file: 'web/dashboard.yaml',
      text: DASHBOARD.replace('uuid: line', 'uuid: lost'),
      says: /dashboard\.yaml places charts.*: lost/,
    },
  ])('$name', ({ file, text, says }) => {
    write(file, text);
    const read = () => dashboardAssets(readDashboards(dir), ['clicks', 'people'], names);
    expect(read).toThrow(
      expect.objectContaining({ code: 'DEFINITION_INVALID', message: expect.stringMatching(says) as string }),
    );
  });
});

test("the demo's dashboard reads definitions of the demo, and places every one of its charts", () => {
  const demo = ['departures', 'weather', 'departures_hourly', 'delays_by_weather', 'airlines'];
  const [asset] = dashboardAssets(
    readDashboards(path.join(PACKAGE_DIR, 'examples', 'flights', 'superset')),
    demo,
    names,
  );
  expect(asset?.object).toBe('dashboard flights');
  const text = JSON.stringify(asset?.files['dashboards/flights.yaml']);
  const charts = Object.entries(asset?.files ?? {}).filter(([file]) => file.startsWith('charts/'));
  expect(charts.length).toBeGreaterThanOrEqual(5);
  for (const [, chart] of charts) expect(text).toContain(chart['uuid']);
});

function write(file: string, text: string): void {
  writeFileSync(path.join(dir, file), text);
}

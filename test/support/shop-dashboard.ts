import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A folder with one dashboard, `shop`, with one chart on the view `busy_hours`. @returns its path */
export function shopDashboard(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'millrace-shop-'));
  mkdirSync(path.join(dir, 'shop', 'charts'), { recursive: true });
  writeFileSync(path.join(dir, 'shop', 'dashboard.yaml'), DASHBOARD);
  writeFileSync(path.join(dir, 'shop', 'charts', 'total.yaml'), CHART);
  return dir;
}

const DASHBOARD = `
uuid: shop
dashboard_title: Shop
published: true
css: ''
metadata:
  refresh_frequency: 30
  native_filter_configuration:
    - { id: NATIVE_FILTER-1, name: Shop, type: NATIVE_FILTER, targets: [{ column: { name: shop }, dataset: busy_hours }] }
position:
  ROOT_ID: { type: ROOT, id: ROOT_ID, children: [GRID_ID] }
  GRID_ID: { type: GRID, id: GRID_ID, parents: [ROOT_ID], children: [ROW] }
  ROW: { type: ROW, id: ROW, parents: [ROOT_ID, GRID_ID], children: [CHART], meta: {} }
  CHART: { type: CHART, id: CHART, parents: [ROOT_ID, GRID_ID, ROW], children: [], meta: { uuid: total, width: 4, height: 50 } }
`;
const CHART = `
uuid: total
slice_name: Busy hours
viz_type: big_number_total
description: How many
dataset: busy_hours
params: { metric: count, adhoc_filters: [] }
`;

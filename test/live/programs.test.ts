import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { supersetApi } from '../support/superset-api.ts';

/** Programs with an HTTP API that nobody here has written: each is connected as a user would, in a few lines. */
const SUPERSET = `
import { at, every, pull, secret, t, z } from 'millrace';
export const permissions = pull('superset_permissions', {
  every: every.hour(), key: ['id'], write: 'snapshot',
  http: {
    url: '{SUPERSET_URL}/api/v1/security/permissions-resources/', records: 'result',
    auth: { login: { url: '{SUPERSET_URL}/api/v1/security/login',
      json: { username: secret('SUPERSET_USER'), password: secret('SUPERSET_PASSWORD'), provider: 'db' } } },
    pages: { kind: 'page', param: 'q', first: 0, as: '(page:{n},page_size:100)', total: 'count' },
  },
  row: z.object({ id: z.int(), permission: at('permission.name', z.string()), what: at('view_menu.name', z.string()) }),
});
`;
const TEMPORAL = `
import { at, every, pull, t, z } from 'millrace';
export const workflows = pull('temporal_workflows', {
  every: every.hour(), key: ['workflow', 'run'], write: 'snapshot',
  http: {
    url: '{WORKFLOWS_URL}/api/v1/namespaces/default/workflows', records: 'executions',
    query: { pageSize: '2', query: "${ofSegments('TableName')}" },
    pages: { kind: 'cursor', param: 'nextPageToken', from: 'nextPageToken' },
  },
  row: z.object({
    workflow: at('execution.workflowId', z.string()), run: at('execution.runId', z.string()),
    started: at('startTime', z.iso.datetime({ precision: 6 })), status: z.string(), memo: t.json().optional(),
  }),
});
`;
const DRUID = `
import { every, pull, t, z } from 'millrace';
export const segments = pull('druid_segments', {
  every: every.hour(), key: ['segment_id'], write: 'snapshot', minRows: 0,
  http: {
    url: '{DRUID_ROUTER}/druid/v2/sql',
    json: { query: 'SELECT segment_id, datasource, "start" AS starts, num_rows, "size" AS bytes FROM sys.segments', resultFormat: 'object' },
  },
  row: z.object({ segment_id: z.string(), datasource: z.string(), starts: z.iso.datetime(), num_rows: t.bigint(), bytes: t.bigint() }),
});
`;

/** What Temporal is asked for. */
function ofSegments(attribute: string): string {
  return `${attribute} = 'druid_segments' AND ExecutionStatus = 'Completed' AND WorkflowType = 'refresh'`;
}

let env: LiveEnv;

beforeAll(async () => {
  env = await liveEnv('programs', { 'superset.ts': SUPERSET, 'temporal.ts': TEMPORAL, 'druid.ts': DRUID });
  await env.apply();
  const superset = supersetOf();
  await env.worker({
    roles: 'live,bulk',
    variables: {
      ...{ SUPERSET_URL: superset.url, SUPERSET_USER: superset.user, SUPERSET_PASSWORD: superset.password },
      ...{ WORKFLOWS_URL: env.config.temporalUiUrl, DRUID_ROUTER: env.config.druid.url },
    },
  });
});

afterAll(() => env.close());

function supersetOf() {
  const { superset } = loadConfig();
  if (superset === undefined) throw new Error('there is no Superset');
  return superset;
}

const load = async (table: string, interval: string) => (await env.start({ table, interval })).result();
const rowsOf = (table: string) => env.db.query(`SELECT * FROM ${env.names.schema}.${table} ORDER BY 1, 2`);

it("Druid's SQL over HTTP, by POST: its segments as it lists them itself", async () => {
  for (const hour of [1, 2, 3]) await load('druid_segments', `2026-01-05T0${hour}:00:00Z`);
  const rows = await rowsOf('druid_segments');
  const answer = await fetch(`${env.config.druid.url}/druid/v2/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'SELECT segment_id, "size" AS bytes FROM sys.segments' }),
  });
  const segments = (await answer.json()) as { segment_id: string; bytes: number }[];
  const known = new Map<unknown, number>(segments.map(({ segment_id: id, bytes }) => [id, bytes]));
  // Others' tests go on while this one reads.
  const both = rows.filter(({ segment_id: id }) => known.has(id));
  expect(both.length).toBe(rows.length);
  expect(both.map(({ bytes }) => bytes)).toEqual(both.map(({ segment_id: id }) => String(known.get(id))));
});

it("Temporal's own API, by tokens of pages: every run with its times to the microsecond", async () => {
  const report = await load('temporal_workflows', '2026-01-05T01:00:00Z');
  const listed: { run: string; started: string }[] = [];
  for await (const { runId, startTime } of env.temporal.workflow.list({ query: ofSegments('TableName') })) {
    listed.push({ run: runId, started: startTime.toISOString().slice(0, 23).replace('T', ' ') });
  }
  expect(report.rows).toBeGreaterThanOrEqual(3);
  const rows = await rowsOf('temporal_workflows');
  const byRun = (a: { run: unknown }, b: { run: unknown }) => (String(a.run) < String(b.run) ? -1 : 1);
  expect(
    rows.map(({ run, started }) => ({ run, started: String(started).slice(0, 23) })).sort(byRun),
  ).toEqual(listed.sort(byRun));
  expect(rows[0]).toMatchObject({ status: 'WORKFLOW_EXECUTION_STATUS_COMPLETED' });
});

it("Superset's API, by a login and pages in its own notation: every permission", async () => {
  await load('superset_permissions', '2026-01-05T01:00:00Z');
  const api = await supersetApi(supersetOf());
  const { count } = await api.get<{ count: number }>('security/permissions-resources/?q=(page_size:1)');
  expect(count).toBeGreaterThan(100);
  const rows = await rowsOf('superset_permissions');
  expect(rows).toHaveLength(count);
  expect(rows).toContainEqual(expect.objectContaining({ permission: 'can_read', what: 'Dataset' }));
});

import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { MillraceError, messageOf } from '../errors.ts';
import { redactor, type Redact } from '../redaction/index.ts';
import { cutTo } from '../wording.ts';
import {
  chart,
  dashboardContent,
  databaseContent,
  datasetContent,
  type DashboardContent,
  type DatabaseContent,
  type DatasetContent,
  type LiveChart,
} from './superset-content.ts';

/** Superset over its REST API, as the configured user. */
export interface SupersetClient {
  databases(): Promise<LiveDatabase[]>;
  /** The datasets of one database, by Superset's own id of it. */
  datasets(databaseId: number): Promise<LiveDataset[]>;
  databaseContent(id: number): Promise<DatabaseContent>;
  datasetContent(id: number): Promise<DatasetContent>;
  dashboards(): Promise<LiveDashboard[]>;
  dashboardContent(id: number): Promise<DashboardContent>;
  /** The charts that are on a dashboard, whoever put them there. */
  chartsOn(dashboardId: number): Promise<LiveChart[]>;
  /**
   * Imports a zip of assets in one transaction; what it holds overwrites what is there under the same uuid.
   * @param passwords by path of the database's file in the zip
   */
  importAssets(zip: Uint8Array, passwords: Record<string, string>): Promise<void>;
  /** Deletes one object; one that is gone already is as good. */
  remove(kind: 'dataset' | 'chart' | 'dashboard', id: number): Promise<void>;
}

const database = z.object({ id: z.number(), uuid: z.string(), database_name: z.string() });
const dataset = z.object({
  id: z.number(),
  uuid: z.string(),
  table_name: z.string(),
  schema: z.string().nullable(),
});
const dashboard = z.object({ id: z.number(), uuid: z.string(), slug: z.string().nullable() });
export type { DatasetContent } from './superset-content.ts';
export type LiveDatabase = z.infer<typeof database>;
export type LiveDataset = z.infer<typeof dataset>;
export type LiveDashboard = z.infer<typeof dashboard>;

/** Superset serves at most this many objects per page. */
const PAGE_SIZE = 100;
/** An import asks both databases for their schemas and tables; a cold Druid takes its time. */
const TIMEOUT_MS = 120_000;

/**
 * Logs in to Superset.
 * @throws SUPERSET_UNAVAILABLE · SUPERSET_REFUSED
 */
export async function connectSuperset(config: NonNullable<Config['superset']>): Promise<SupersetClient> {
  const http = axios.create({
    baseURL: config.url,
    timeout: TIMEOUT_MS,
    // Superset answers a POST that it distrusts with a redirect to its login page.
    maxRedirects: 0,
    proxy: false,
    // Superset ends connections that were idle for 2 s, and a request that meets that is lost.
    headers: { Connection: 'close' },
    validateStatus: () => true,
  });
  const call = caller(http, config.url);
  const login = { username: config.user, password: config.password, provider: 'db', refresh: false };
  const answer = await call({ method: 'post', url: '/api/v1/security/login', data: login });
  if (answer.status === 401) throw loginRefused(config);
  const { access_token: token } = bodyOf(z.object({ access_token: z.string() }), answer, config.url);
  http.defaults.headers.common['Authorization'] = `Bearer ${token}`;

  const list = <T extends z.ZodObject>(path: string, shape: T, filter = '') =>
    listAll(call, config.url, path, shape, filter);
  const one = async <T>(path: string, shape: z.ZodType<T>) => {
    const answer = await call({ method: 'get', url: `/api/v1/${path}` });
    return bodyOf(z.object({ result: shape }), answer, config.url).result;
  };
  return {
    databases: () => list('database', database),
    datasets: (id) => list('dataset', dataset, `filters:!((col:database,opr:rel_o_m,value:${id})),`),
    dashboards: () => list('dashboard', dashboard),
    databaseContent: (id) => one(`database/${id}/connection`, databaseContent),
    datasetContent: (id) => one(`dataset/${id}`, datasetContent),
    dashboardContent: (id) => one(`dashboard/${id}`, dashboardContent),
    chartsOn: (id) => list('chart', chart, `filters:!((col:dashboards,opr:rel_m_m,value:${id})),`),
    importAssets: (zip, passwords) => importAssets(call, config.url, zip, passwords),
    remove: async (kind, id) => {
      const headers = await sessionHeaders(call, config.url);
      const answer = await call({ method: 'delete', url: `/api/v1/${kind}/${id}`, headers });
      if (answer.status !== 404) accepted(answer, config.url);
    },
  };
}

type Call = (request: {
  method: 'get' | 'post' | 'delete';
  url: string;
  data?: unknown;
  headers?: Record<string, string>;
}) => Promise<AxiosResponse<unknown>>;

function caller(http: AxiosInstance, url: string): Call {
  return async (request) => {
    try {
      return await http.request<unknown>(request);
    } catch (error) {
      // Without its cause: axios hangs the request on it, and with it the password.
      throw unavailable(url, messageOf(error));
    }
  };
}

async function listAll<T extends z.ZodObject>(
  call: Call,
  url: string,
  path: string,
  shape: T,
  filter: string,
): Promise<z.infer<T>[]> {
  const page = z.object({ count: z.number(), result: z.array(shape) });
  const found: z.infer<T>[] = [];
  for (let number = 0; ; number += 1) {
    const query = encodeURIComponent(
      `(${filter}${columnsOf(shape)}order_column:changed_on_delta_humanized,page:${number},page_size:${PAGE_SIZE})`,
    );
    const answer = await call({ method: 'get', url: `/api/v1/${path}/?q=${query}` });
    const { count, result } = bodyOf(page, answer, url);
    found.push(...result);
    if (result.length === 0 || found.length >= count) return found;
  }
}

/** What is read of each, where that is all that is read: who changed what when takes Superset as long as the rest. */
function columnsOf({ shape, def }: z.ZodObject): string {
  return def.catchall === undefined ? `columns:!(${Object.keys(shape).join(',')}),` : '';
}

async function importAssets(
  call: Call,
  url: string,
  zip: Uint8Array,
  passwords: Record<string, string>,
): Promise<void> {
  const headers = await sessionHeaders(call, url);
  const form = new FormData();
  form.append('bundle', new Blob([Buffer.from(zip)]), 'bundle.zip');
  form.append('passwords', JSON.stringify(passwords));
  // Sparse: charts and datasets may refer to what is in Superset already and not in the zip.
  form.append('sparse', 'true');
  accepted(
    await call({ method: 'post', url: '/api/v1/assets/import/', data: form, headers }),
    url,
    Object.values(passwords),
  );
}

/** What every request that writes has to carry. */
async function sessionHeaders(call: Call, url: string): Promise<Record<string, string>> {
  const csrf = await call({ method: 'get', url: '/api/v1/security/csrf_token/' });
  const { result: token } = bodyOf(z.object({ result: z.string() }), csrf, url);
  return { 'X-CSRFToken': token, Cookie: sessionCookie(csrf), Referer: url };
}

/** The CSRF token counts only together with the session in which it was given. */
function sessionCookie(answer: AxiosResponse<unknown>): string {
  return (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
}

function bodyOf<T>(shape: z.ZodType<T>, answer: AxiosResponse<unknown>, url: string): T {
  const parsed = shape.safeParse(accepted(answer, url));
  if (parsed.success) return parsed.data;
  const text = `What answers at ${url} is not the Superset that millrace knows (6.1): ${pathOf(answer)} gave${saidBy(answer) || ': nothing'}. Check MILLRACE_SUPERSET_URL.`;
  throw new MillraceError('SUPERSET_REFUSED', text, { context: { url } });
}

function accepted(answer: AxiosResponse<unknown>, url: string, secrets: string[] = []): unknown {
  const { status } = answer;
  if (status >= 200 && status < 300) return answer.data;
  const said = saidBy(answer, redactor(secrets));
  if (status === 502 || status === 503 || status === 504) throw unavailable(url, `HTTP ${status}${said}`);
  const path = pathOf(answer);
  const remedy =
    status === 401 || status === 403 || (status >= 300 && status < 400)
      ? 'Give MILLRACE_SUPERSET_USERNAME a user with the role Admin.'
      : "Its log says more: 'npx millrace stack logs superset'.";
  throw new MillraceError(
    'SUPERSET_REFUSED',
    `Superset at ${url} refused ${path} with ${status}${said}. ${remedy}`,
    {
      context: { url, path, status },
    },
  );
}

function pathOf(answer: AxiosResponse<unknown>): string {
  return (answer.config.url ?? '').replace(/\?.*/, '');
}

/** What Superset said, on one line: its body is JSON for most errors, and a web page for some. */
function saidBy(answer: AxiosResponse<unknown>, redact: Redact = (text) => text): string {
  const text =
    typeof answer.data === 'string' ? answer.data.replaceAll(/<[^>]*>/g, ' ') : JSON.stringify(answer.data);
  const line = cutTo(
    600,
    redact(text ?? '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
  return line === '' ? '' : `: ${line}`;
}

function loginRefused(config: NonNullable<Config['superset']>): MillraceError {
  return new MillraceError(
    'SUPERSET_REFUSED',
    `Superset at ${config.url} does not let '${config.user}' in. Check MILLRACE_SUPERSET_USERNAME and MILLRACE_SUPERSET_PASSWORD.`,
    { context: { url: config.url, status: 401 } },
  );
}

function unavailable(url: string, why: string): MillraceError {
  return new MillraceError(
    'SUPERSET_UNAVAILABLE',
    `Superset at ${url} did not answer: ${why}. Start it ('npx millrace stack up'), mend MILLRACE_SUPERSET_URL, or set that empty to go without Superset; then apply again.`,
    { context: { url } },
  );
}

import { parseExactly } from '../../src/definition/exact-json.ts';
import type { Config } from '../../src/config.ts';
import type { Names } from '../../src/names.ts';

/** Superset's REST API as a person with the role Admin uses it, to do what millrace never does. */
export interface SupersetApi {
  get<T>(path: string): Promise<T>;
  /** What is downloaded, as it is. */
  file(path: string): Promise<Buffer>;
  post<T>(path: string, body: object): Promise<T>;
  put(path: string, body: object): Promise<void>;
  delete(path: string): Promise<void>;
}

export interface ListedDatabase {
  id: number;
  database_name: string;
}

export interface ListedDataset {
  id: number;
  table_name: string;
  schema: string;
}

export interface ListedDashboard {
  id: number;
  slug: string | null;
}

/** What stands in Superset in the databases of one env, whoever made it, with the time of its last change. */
export interface SupersetContent {
  databases: ListedDatabase[];
  datasets: ListedDataset[];
  dashboards: ListedDashboard[];
}

interface Listed<T> {
  result: T[];
}

export async function supersetApi(superset: NonNullable<Config['superset']>): Promise<SupersetApi> {
  const headers = new Headers({
    'content-type': 'application/json',
    referer: superset.url,
    // Superset ends connections that were idle for 2 s, and a request that meets that is lost.
    connection: 'close',
  });
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${superset.url}/api/v1/${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = await answer.text();
    for (const cookie of answer.headers.getSetCookie()) headers.set('cookie', cookie.split(';')[0] ?? '');
    if (!answer.ok) throw new Error(`Superset answered ${method} ${path} with ${answer.status}: ${said}`);
    return parseExactly(said);
  };
  const login = { username: superset.user, password: superset.password, provider: 'db' };
  const { access_token: token } = (await call('POST', 'security/login', login)) as { access_token: string };
  headers.set('authorization', `Bearer ${token}`);
  const { result: csrf } = (await call('GET', 'security/csrf_token/')) as { result: string };
  headers.set('x-csrftoken', csrf);
  return {
    file: async (path) => {
      const answer = await fetch(`${superset.url}/api/v1/${path}`, { headers });
      if (!answer.ok) throw new Error(`Superset answered GET ${path} with ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    },
    get: <T>(path: string) => call('GET', path) as Promise<T>,
    post: <T>(path: string, body: object) => call('POST', path, body) as Promise<T>,
    put: async (path, body) => void (await call('PUT', path, body)),
    delete: async (path) => void (await call('DELETE', path)),
  };
}

export async function supersetContent(api: SupersetApi, names: Names): Promise<SupersetContent> {
  const titles: string[] = (['MariaDB', 'Druid'] as const).map((server) => names.supersetDatabase(server));
  const databases = (
    await list<ListedDatabase>(api, 'database', `col:database_name,opr:ct,value:'${names.env}'`)
  ).filter(({ database_name: title }) => titles.includes(title));
  const datasets: ListedDataset[] = [];
  for (const { id } of databases) {
    datasets.push(...(await list<ListedDataset>(api, 'dataset', `col:database,opr:rel_o_m,value:${id}`)));
  }
  const dashboards = (
    await list<ListedDashboard>(api, 'dashboard', `col:slug,opr:ct,value:'${names.env}'`)
  ).filter(({ slug }) => slug?.startsWith(names.supersetDashboard('')));
  return { databases, datasets: datasets.sort((a, b) => a.id - b.id), dashboards };
}

/** Whoever made it: all that stands in the env's databases or under its slugs. */
export async function removeFromSuperset(
  superset: NonNullable<Config['superset']>,
  names: Names,
): Promise<void> {
  const api = await supersetApi(superset);
  const { databases, datasets, dashboards } = await supersetContent(api, names);
  for (const { id } of dashboards) await api.delete(`dashboard/${id}`);
  for (const { id } of datasets) {
    const related = await api.get<{ charts: Listed<{ id: number }> }>(`dataset/${id}/related_objects`);
    for (const chart of related.charts.result) await api.delete(`chart/${chart.id}`);
    await api.delete(`dataset/${id}`);
  }
  for (const { id } of databases) await api.delete(`database/${id}`);
}

async function list<T extends object>(api: SupersetApi, kind: string, filter: string): Promise<T[]> {
  const { result } = await api.get<Listed<T>>(`${kind}/?q=(filters:!((${filter})),page_size:100)`);
  // '2 seconds ago' changes by itself; the times themselves are there, too.
  return result.map(
    (one) => Object.fromEntries(Object.entries(one).filter(([key]) => !key.endsWith('_humanized'))) as T,
  );
}

import type { Readable } from 'node:stream';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { MillraceError, messageOf } from '../errors.ts';

/** Druid over its HTTP API (there is no maintained client for it). */
export interface DruidClient {
  /** Streams a query's rows in batches, in bounded memory. Ends normally only when the whole answer arrived. */
  stream(sql: string, options: { queryId: string; signal?: AbortSignal }): AsyncGenerator<DruidBatch>;
  /** Runs a query whose answer is small. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Posts a supervisor; tasks are left alone where the spec is the same. */
  postSupervisor(spec: unknown): Promise<void>;
  /** The spec of a supervisor that runs; undefined where there is none. */
  supervisor(id: string): Promise<unknown>;
  supervisorStatus(id: string): Promise<SupervisorStatus | undefined>;
  terminateSupervisor(id: string): Promise<void>;
  /** Next offset of each partition that a task reads, asked of the task itself; undefined where it is gone. */
  taskOffsets(taskId: string): Promise<Record<string, number> | undefined>;
  markUnused(datasource: string): Promise<void>;
}

/** Columns in the answer's order, and some of its rows. */
export interface DruidBatch {
  columns: { name: string; sqlType: string }[];
  rows: unknown[][];
}

const offsets = z.record(z.string(), z.coerce.number()).nullish();
const task = z.object({ id: z.string(), startingOffsets: offsets, currentOffsets: offsets });
const supervisorStatus = z.object({
  payload: z.object({
    state: z.string(),
    detailedState: z.string().optional(),
    healthy: z.boolean(),
    suspended: z.boolean(),
    activeTasks: z.array(task).default([]),
    publishingTasks: z.array(task).default([]),
    recentErrors: z.array(z.looseObject({ message: z.string().optional() })).default([]),
  }),
});

export type SupervisorStatus = z.infer<typeof supervisorStatus>['payload'];

const BATCH_ROWS = 1_000;
const SUPERVISORS = '/druid/indexer/v1/supervisor';

export function connectDruid(config: Config['druid']): DruidClient {
  const http = axios.create({
    baseURL: config.url,
    timeout: 30_000,
    maxRedirects: 0,
    proxy: false,
    validateStatus: () => true,
    ...(config.auth ? { auth: config.auth } : {}),
    ...(config.ca ? { httpsAgent: new HttpsAgent({ ca: config.ca }) } : {}),
  });
  const call = caller(http, config.url);
  return {
    stream: (sql, options) => streamRows(call, config.url, sql, options),
    rows: async (sql) => {
      const answer = await call({
        method: 'post',
        url: '/druid/v2/sql',
        data: { query: sql, context: CONTEXT },
      });
      const rows = z.array(z.record(z.string(), z.unknown())).safeParse(refused(answer, config.url).data);
      if (rows.success) return rows.data;
      throw cut(sql.slice(0, 80), 'it is no list of rows');
    },
    postSupervisor: async (spec) => {
      const url = `${SUPERVISORS}?skipRestartIfUnmodified=true`;
      refused(await call({ method: 'post', url, data: spec }), config.url);
    },
    supervisor: async (id) =>
      optional(await call({ method: 'get', url: `${SUPERVISORS}/${id}` }), config.url),
    supervisorStatus: async (id) => {
      const body = optional(await call({ method: 'get', url: `${SUPERVISORS}/${id}/status` }), config.url);
      return body === undefined ? undefined : supervisorStatus.parse(body).payload;
    },
    terminateSupervisor: async (id) => {
      optional(await call({ method: 'post', url: `${SUPERVISORS}/${id}/terminate` }), config.url);
    },
    taskOffsets: (taskId) => taskOffsets(call, config, taskId),
    markUnused: async (datasource) => {
      const url = `/druid/indexer/v1/datasources/${datasource}`;
      optional(await call({ method: 'delete', url }), config.url);
    },
  };
}

/** No approximation, no cache, UTC: an answer that is kept must be the exact one. */
const CONTEXT = {
  useApproximateCountDistinct: false,
  useApproximateTopN: false,
  useCache: false,
  populateCache: false,
  sqlTimeZone: 'UTC',
};

type Call = (request: {
  method: 'get' | 'post' | 'delete';
  url: string;
  data?: unknown;
  responseType?: 'json' | 'stream';
  timeout?: number;
  signal?: AbortSignal | undefined;
}) => Promise<AxiosResponse<unknown>>;

function caller(http: AxiosInstance, url: string): Call {
  return async ({ signal, ...request }) => {
    try {
      return await http.request({ ...request, ...(signal ? { signal } : {}) });
    } catch (error) {
      throw unavailable(url, messageOf(error), error);
    }
  };
}

function unavailable(url: string, why: string, cause?: unknown): MillraceError {
  const text = `Druid at ${url} did not answer: ${why}. It is asked again; see 'millrace stack status' if it lasts.`;
  return new MillraceError('DRUID_UNAVAILABLE', text, { cause, context: { url } });
}

const druidError = z.object({ errorMessage: z.string().optional(), error: z.string().optional() });

/** Turns Druid's own error answers into ours: 4xx of the query are final, capacity and server faults pass. */
function refused<T extends AxiosResponse<unknown>>(answer: T, url: string): T {
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (answer.status === 401 || answer.status === 403) throw unauthorized(url, answer.status);
  const said = druidError.safeParse(answer.data);
  const message = (said.success && (said.data.errorMessage ?? said.data.error)) || `HTTP ${answer.status}`;
  if (answer.status === 429 || answer.status >= 500 || answer.status === 404) throw unavailable(url, message);
  throw new MillraceError('DRUID_QUERY_INVALID', `Druid at ${url} refused a request: ${message}`, {
    context: { url, status: answer.status },
  });
}

function unauthorized(url: string, status: number): MillraceError {
  const why =
    status === 401 ? 'it wants a login (401 Unauthorized)' : 'this login may not do that (403 Forbidden)';
  return new MillraceError(
    'DRUID_UNAUTHORIZED',
    `Druid at ${url} did not let us in: ${why}. Set MILLRACE_DRUID_USERNAME and MILLRACE_DRUID_PASSWORD to a user with rights on datasources, supervisors and system tables.`,
    { context: { url, status } },
  );
}

function optional(answer: AxiosResponse<unknown>, url: string): unknown {
  return answer.status === 404 ? undefined : refused(answer, url).data;
}

async function* streamRows(
  call: Call,
  url: string,
  sql: string,
  { queryId, signal }: { queryId: string; signal?: AbortSignal },
): AsyncGenerator<DruidBatch> {
  const data = {
    query: sql,
    resultFormat: 'arrayLines',
    header: true,
    typesHeader: true,
    sqlTypesHeader: true,
    context: { ...CONTEXT, sqlQueryId: queryId, timeout: 300_000 },
  };
  const answer = await call({
    method: 'post',
    url: '/druid/v2/sql',
    data,
    responseType: 'stream',
    timeout: 0,
    signal,
  });
  const body = answer.data as Readable;
  if (answer.status !== 200) {
    refused({ ...answer, data: await jsonOf(body) }, url);
  }
  try {
    yield* batches(body, queryId);
  } finally {
    body.destroy();
    if (signal?.aborted === true) await call({ method: 'delete', url: `/druid/v2/sql/${queryId}` });
  }
}

/**
 * Splits an `arrayLines` body: three header lines (names, Druid types, SQL types), a line per row, an empty line.
 *
 * The empty line is the only proof that the answer is whole: errors after the first byte cannot change the
 * status, and a body can be cut at an exact end of line.
 * @see https://druid.apache.org/docs/latest/api-reference/sql-api
 */
async function* batches(body: Readable, queryId: string): AsyncGenerator<DruidBatch> {
  const header: string[][] = [];
  let rows: unknown[][] = [];
  let isEnded = false;
  for await (const line of linesOf(body, queryId)) {
    if (isEnded) throw cut(queryId, 'text follows its end marker');
    if (line === '') {
      isEnded = true;
      continue;
    }
    const values = parseLine(line, queryId);
    if (header.length < 3) {
      header.push(values.map(String));
      continue;
    }
    rows.push(values);
    if (rows.length === BATCH_ROWS) {
      yield { columns: columnsOf(header), rows };
      rows = [];
    }
  }
  if (!isEnded || header.length < 3) throw cut(queryId, 'its end marker is missing');
  yield { columns: columnsOf(header), rows };
}

function columnsOf(header: string[][]) {
  return (header[0] ?? []).map((name, index) => ({ name, sqlType: header[2]?.[index] ?? '' }));
}

function parseLine(line: string, queryId: string): unknown[] {
  try {
    return z.array(z.unknown()).parse(JSON.parse(line));
  } catch {
    throw cut(queryId, `a line is not a row: ${line.slice(0, 80)}`);
  }
}

/** Every line that ends in a newline; what stands behind the last newline must be nothing. */
async function* linesOf(body: Readable, queryId: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw error instanceof MillraceError ? error : cut(queryId, messageOf(error));
  }
  if (rest !== '') throw cut(queryId, 'it ends within a line');
}

function cut(queryId: string, why: string): MillraceError {
  return new MillraceError(
    'DRUID_ANSWER_CUT',
    `Druid's answer to query ${queryId} is not whole: ${why}. Nothing of it was used; the query is repeated.`,
    { context: { queryId } },
  );
}

async function jsonOf(body: Readable): Promise<unknown> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk as Buffer);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

const taskStatus = z.object({
  status: z.object({
    location: z.object({ host: z.string().nullable(), port: z.number(), tlsPort: z.number() }),
  }),
});

/** The router does not proxy a task's own endpoint: it is asked at the address where it runs. */
async function taskOffsets(call: Call, config: Config['druid'], taskId: string) {
  const status = optional(
    await call({ method: 'get', url: `/druid/indexer/v1/task/${taskId}/status` }),
    config.url,
  );
  const location = taskStatus.safeParse(status);
  if (!location.success || location.data.status.location.host === null) return undefined;
  const { host, port, tlsPort } = location.data.status.location;
  const base = config.tasksUrl ?? (tlsPort > 0 ? `https://${host}:${tlsPort}` : `http://${host}:${port}`);
  const url = `${base}/druid/worker/v1/chat/${taskId}/offsets/current`;
  // A task that has just ended answers with an error or not at all: the next poll sees its successor.
  const answer = await call({ method: 'get', url, timeout: 5_000 }).catch(() => undefined);
  if (answer === undefined || answer.status !== 200) return undefined;
  return z.record(z.string(), z.coerce.number()).parse(answer.data);
}

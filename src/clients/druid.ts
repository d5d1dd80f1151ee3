import { Agent as HttpsAgent } from 'node:https';
import axios from 'axios';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { cutTo } from '../wording.ts';
import { caller, optional, refused } from './druid-http.ts';
import { cut, EXACT, streamRows, type DruidBatch, type StreamOptions } from './druid-rows.ts';
import { lastFailure, type TaskFailure } from './druid-failures.ts';
import { resetOffsets, settledSince, SUPERVISORS, type ResetOffsets } from './druid-supervisors.ts';
import { servedSegments, taskOffsets, tasksOf, type ServedSegment, type TaskAnswer } from './druid-tasks.ts';

export type { DruidBatch } from './druid-rows.ts';

/** Druid over its HTTP API (there is no maintained client for it). */
export interface DruidClient {
  /** Streams a query's rows in batches, in bounded memory. Ends normally only when the whole answer arrived. */
  stream(sql: string, options: StreamOptions): AsyncGenerator<DruidBatch>;
  /** Runs a query whose answer is small. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** How many rows of a datasource hold a value in this column, whether or not SQL knows the column. */
  countHolding(datasource: string, column: string): Promise<number>;
  /** Posts a supervisor; tasks are left alone where the spec is the same. */
  postSupervisor(spec: unknown): Promise<void>;
  /** The spec of a supervisor that runs; undefined where there is none. */
  supervisor(id: string): Promise<unknown>;
  /** The specs of all supervisors, by id. */
  supervisors(): Promise<Map<string, Record<string, unknown>>>;
  supervisorStatus(id: string): Promise<SupervisorStatus | undefined>;
  /** Ends a supervisor; its tasks go on and publish what they have read. */
  terminateSupervisor(id: string): Promise<void>;
  /** Has there ever been such a supervisor? Druid keeps the positions of one that was terminated. */
  wasSupervisor(id: string): Promise<boolean>;
  /** Forgets the positions of a supervisor, so that it reads its topic from the beginning. */
  resetSupervisor(id: string): Promise<void>;
  /** Has a supervisor read on elsewhere in some partitions. */
  resetOffsets(id: string, reset: ResetOffsets): Promise<void>;
  /** Since when a supervisor and its tasks have been there, Unix ms. */
  settledSince(id: string): Promise<number>;
  /** Ids of the tasks of a datasource that have not ended. */
  runningTasks(datasource: string): Promise<string[]>;
  /** Why the tasks that fill a datasource fail, while they do. */
  lastFailure(datasource: string): Promise<TaskFailure | undefined>;
  /** Ends a task; what it has read and not published is lost. */
  endTask(taskId: string): Promise<void>;
  /** Ids of the published segments that a datasource has in use, as the metadata store knows them at this moment. */
  usedSegments(datasource: string): Promise<Set<string>>;
  /**
   * Forgets the ids that were given to segments which nobody has published. Refused while a task of the datasource runs.
   */
  forgetPendingSegments(datasource: string): Promise<void>;
  /** Takes all segments of a datasource out of use. */
  dropDatasource(name: string): Promise<void>;
  /** Has a task delete the segments of a datasource that are out of use. @returns the task's id */
  deleteUnusedSegments(datasource: string): Promise<string>;
  /** How a task ended; undefined where it has not. */
  endOfTask(taskId: string): Promise<'SUCCESS' | 'FAILED' | undefined>;
  /** Next offset of each partition that a task reads, asked of the task itself. */
  taskOffsets(taskId: string): Promise<TaskAnswer<Record<string, number>>>;
  /** Segments that a task's server has announced. */
  servedSegments(taskId: string): Promise<TaskAnswer<ServedSegment[]>>;
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
    recentErrors: z
      .array(z.looseObject({ message: z.string().optional(), timestamp: z.string().optional() }))
      .default([]),
  }),
});

const supervisorList = z.array(z.object({ id: z.string(), spec: z.record(z.string(), z.unknown()) }));

const taskEnd = z.object({ status: z.object({ statusCode: z.string().nullish() }) });

export type SupervisorStatus = z.infer<typeof supervisorStatus>['payload'];

/** As an interval in an address. */
const EVER = '0001-01-01_9999-12-31';

const timeseries = z.array(z.object({ result: z.object({ n: z.number() }) }));

/** A native query: those read a column that no segment has as null. */
function holding(dataSource: string, column: string) {
  return {
    queryType: 'timeseries',
    dataSource,
    intervals: ['-146136543-09-08T08:23:32.096Z/146140482-04-24T15:36:27.903Z'],
    granularity: 'all',
    filter: { type: 'not', field: { type: 'selector', dimension: column, value: null } },
    aggregations: [{ type: 'count', name: 'n' }],
    context: EXACT,
  };
}

/** Runs wait on this look: a Druid that hangs has to show in what they say, and soon. */
const LOOK_TIMEOUT_MS = 10_000;

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
        data: { query: sql, context: EXACT },
      });
      const rows = z.array(z.record(z.string(), z.unknown())).safeParse(refused(answer, config.url).data);
      if (rows.success) return rows.data;
      throw cut(cutTo(80, sql), 'it is no list of rows');
    },
    countHolding: async (datasource, column) => {
      const data = holding(datasource, column);
      const answer = refused(await call({ method: 'post', url: '/druid/v2', data }), config.url);
      return timeseries.parse(answer.data)[0]?.result.n ?? 0;
    },
    postSupervisor: async (spec) => {
      const url = `${SUPERVISORS}?skipRestartIfUnmodified=true`;
      refused(await call({ method: 'post', url, data: spec }), config.url);
    },
    supervisor: async (id) =>
      optional(await call({ method: 'get', url: `${SUPERVISORS}/${id}` }), config.url),
    supervisors: async () => {
      const answer = await call({ method: 'get', url: `${SUPERVISORS}?full` });
      const all = supervisorList.parse(refused(answer, config.url).data);
      return new Map(all.map(({ id, spec }) => [id, spec]));
    },
    supervisorStatus: async (id) => {
      const url = `${SUPERVISORS}/${id}/status`;
      const body = optional(await call({ method: 'get', url, timeout: LOOK_TIMEOUT_MS }), config.url);
      return body === undefined ? undefined : supervisorStatus.parse(body).payload;
    },
    terminateSupervisor: async (id) => {
      optional(await call({ method: 'post', url: `${SUPERVISORS}/${id}/terminate` }), config.url);
    },
    wasSupervisor: async (id) => {
      const answer = await call({ method: 'get', url: `${SUPERVISORS}/${id}/history` });
      return optional(answer, config.url) !== undefined;
    },
    resetSupervisor: async (id) => {
      refused(await call({ method: 'post', url: `${SUPERVISORS}/${id}/reset` }), config.url);
    },
    resetOffsets: (id, reset) => resetOffsets(call, config.url, id, reset),
    settledSince: (id) => settledSince(call, config.url, id),
    runningTasks: async (datasource) => {
      const all = await tasksOf(call, config.url, datasource);
      return all.filter(({ statusCode }) => statusCode === 'RUNNING').map(({ id }) => id);
    },
    lastFailure: (datasource) => lastFailure(call, config.url, datasource),
    endTask: async (taskId) => {
      optional(await call({ method: 'post', url: `/druid/indexer/v1/task/${taskId}/shutdown` }), config.url);
    },
    usedSegments: async (datasource) => {
      // What the coordinator lists is up to a minute old; this question alone has it look anew.
      const look = `/druid/coordinator/v1/datasources/${datasource}/loadstatus?forceMetadataRefresh=true&interval=${EVER}`;
      refused(await call({ method: 'get', url: look }), config.url);
      const url = `/druid/coordinator/v1/metadata/datasources/${datasource}/segments`;
      const listed = optional(await call({ method: 'get', url }), config.url);
      return new Set(z.array(z.string()).parse(listed ?? []));
    },
    forgetPendingSegments: async (datasource) => {
      const url = `/druid/indexer/v1/pendingSegments/${datasource}?interval=${EVER.replace('_', '/')}`;
      refused(await call({ method: 'delete', url }), config.url);
    },
    dropDatasource: async (name) => {
      optional(
        await call({ method: 'delete', url: `/druid/coordinator/v1/datasources/${name}` }),
        config.url,
      );
    },
    deleteUnusedSegments: async (dataSource) => {
      const data = { type: 'kill', dataSource, interval: EVER.replace('_', '/') };
      const answer = await call({ method: 'post', url: '/druid/indexer/v1/task', data });
      return z.object({ task: z.string() }).parse(refused(answer, config.url).data).task;
    },
    endOfTask: async (taskId) => {
      const answer = await call({ method: 'get', url: `/druid/indexer/v1/task/${taskId}/status` });
      const { statusCode } = taskEnd.parse(refused(answer, config.url).data).status;
      return statusCode === 'SUCCESS' || statusCode === 'FAILED' ? statusCode : undefined;
    },
    taskOffsets: (taskId) => taskOffsets(call, config, taskId),
    servedSegments: (taskId) => servedSegments(call, config, taskId),
  };
}

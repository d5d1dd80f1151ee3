/** What an env may be called: it becomes a part of schema, topic and datasource names on every server. */
export const ENV_PATTERN = /^[a-z][a-z0-9]{0,19}$/;

/** What a definition may be called: it becomes a table, a topic, a schedule. */
export const DEFINITION_PATTERN = /^[a-z][a-z0-9_]{0,47}$/;

export type TaskQueueKind = 'live' | 'bulk';

export type Names = ReturnType<typeof namesFor>;

/**
 * Every name that millrace derives, for one env. The only place that makes such names, so that two envs on the
 * same servers (a test is just another env) can never meet.
 */
export function namesFor(env: string) {
  // Kafka's metric names see '.' and '_' as the same, so a topic never holds both.
  const topicBase = (stream: string) => `${env}.${stream.replaceAll('_', '-')}`;
  return {
    env,

    /** MariaDB: the schema that people read, and the one with our own tables and the staging tables. */
    schema: `millrace_${env}`,
    storeSchema: `millrace_${env}_store`,
    stagingTable: (table: string) => `stage_${table}`,
    /** Exists for the moment in which apply has MariaDB read the views' SQL. */
    scratchSchema: `millrace_${env}_scratch`,
    applyLock: `millrace_${env}_apply`,

    /** Kafka. */
    rawTopic: (stream: { name: string; topic?: string }) => stream.topic ?? `${topicBase(stream.name)}.raw`,
    cleanTopic: (stream: string) => `${topicBase(stream)}.clean`,
    deadTopic: (stream: string) => `${topicBase(stream)}.dead`,
    consumerGroup: (stream: string) => `${topicBase(stream)}.ingest`,
    /** How a group begins that reads one range: with the env, as consumer groups do, so that one rule covers both. */
    readerGroup: `${env}.reader`,
    transactionalId: (stream: string, partition: number) => `${topicBase(stream)}.ingest.${partition}`,

    /** Druid: one supervisor per datasource, with the same id. */
    datasource: (stream: { name: string; version: number }) => `${env}_${stream.name}_v${stream.version}`,

    /** Temporal. A schedule adds `-<slot>` to its workflow id; so do we. */
    scheduleId: (table: string) => `${env}/${table}`,
    workflowId: (table: string, slot: string) => `${env}/${table}-${slot}`,
    /** One that reprocesses all is another than one of what is missing: neither may be taken for the other. */
    backfillId: (table: string, from: string, to: string, reprocess: 'missing' | 'all' = 'missing') =>
      `${env}/${table}/backfill-${from}-${to}${reprocess === 'all' ? '-all' : ''}`,
    /** Of a run or a backfill, by its workflow id: the names of definitions hold neither '-' nor '/'. */
    tableOfRun: (workflowId: string) => workflowId.slice(env.length + 1).split(/[-/]/, 1)[0] ?? '',
    taskQueue: (kind: TaskQueueKind) => `${env}-${kind}`,

    /** Superset: titles of the two databases; datasets carry the table's own name. */
    supersetDatabase: (server: 'MariaDB' | 'Druid') => `millrace ${env} ${server}`,
    /** The last part of a dashboard's address. */
    supersetDashboard: (folder: string) => `${env}-${folder}`,
  };
}

/** The env whose workers poll a task queue. */
export function envOfTaskQueue(queue: string): string {
  return queue.slice(0, queue.lastIndexOf('-'));
}

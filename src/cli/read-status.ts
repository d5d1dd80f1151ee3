import { existsSync } from 'node:fs';
import { homePaths } from '../../stack/home.ts';
import { status as stackStatus } from '../../stack/stack.ts';
import { addCounts, NO_COUNTS, type Counts } from '../clients/kafka-commit.ts';
import { createKafkaClient, type KafkaClient } from '../clients/kafka.ts';
import { connectMariaDb } from '../clients/mariadb.ts';
import { connectTemporal } from '../clients/temporal.ts';
import type { Config } from '../config.ts';
import { lastCompleteInterval, nextInterval, slotOf } from '../define/calendar.ts';
import { isLoaded, ofKind, type LoadedDefinition, type StreamDefinition } from '../define/definition.ts';
import { messageOf } from '../errors.ts';
import { namesFor, type Names } from '../names.ts';
import { pauseOf } from '../schedules/describe.ts';
import { catalogueIn, type Applied } from '../store/catalogue.ts';
import { consumersIn, type ConsumerReport, type KnownConsumer } from '../store/consumers.ts';
import { ledgerIn } from '../store/ledger.ts';
import { failedLastRun } from './last-run.ts';
import { runUrl } from './temporal-ui.ts';

export interface Status {
  servers: { name: string; state: string; address: string | null; sinceSeconds: number | null }[];
  streams: StreamStatus[];
  tables: TableStatus[];
  /** What could not be asked, and why. */
  problems: string[];
}

/** Events since the stream began, and how many of its raw topic are not consumed yet. */
type Counters = Counts & { lag: number };

/** Counters that could not be read are absent. */
interface StreamStatus extends Partial<Counters> {
  stream: string;
  /** How its consumer fares; 'no worker': none with the role 'ingest' has said anything for 15 s. */
  state: ConsumerReport['state'] | 'no worker';
}

export interface TableStatus {
  table: string;
  kind: string;
  intervals: number;
  rows: number;
  newest: string | null;
  nextSlot: string | null;
  /** Why its schedule is paused, as whoever did it has said; null: it is not. */
  paused: string | null;
}

/** Looks at everything; what does not answer becomes a problem, not a failure. */
export async function readStatus(config: Config): Promise<Status> {
  const names = namesFor(config.env);
  const problems: string[] = [];
  const attempt = async <T>(work: () => Promise<T[]>): Promise<T[]> => {
    try {
      return await work();
    } catch (error) {
      problems.push(messageOf(error));
      return [];
    }
  };
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 2 });
  const kafka = createKafkaClient(config.kafka, `millrace-status-${config.env}`);
  try {
    const applied = await attempt(async () => [...(await catalogueIn(db, names).all()).values()]);
    const consumers = await attempt(() => consumersIn(db, names).all());
    for (const { stream, error } of consumers) {
      if (error) problems.push(`stream ${stream}: ${error.code}: ${error.message}`);
    }
    const streams: StreamStatus[] = [];
    for (const stream of ofKind(
      applied.map(({ definition }) => definition),
      'stream',
    )) {
      const [counters] = await attempt(async () => [await countersOf(kafka, names, stream)]);
      const state = stateOf(stream.name, consumers);
      if (state === 'no worker') problems.push(unconsumed(stream.name));
      streams.push({ stream: stream.name, state, ...counters });
    }
    const servers = await attempt(() => serverStatus(config));
    if (isStopped(config, servers))
      problems.unshift("no server of this machine runs: 'npm start' starts them");
    problems.push(...servers.filter(({ state }) => state === 'dead').map(({ name }) => deadServer(name)));
    const tables = applied.map(({ definition }) => definition).filter(isLoaded);
    const runs = new Map(await attempt(() => runsOf(config, names, tables)));
    for (const [table, { failed }] of runs) {
      if (failed !== undefined)
        problems.push(`table ${table}: its last run failed: ${runUrl(config, failed)}`);
    }
    return {
      servers,
      streams,
      tables: await attempt(() => tableStatus(ledgerIn(db, names), applied, runs)),
      // Three questions to a server that is down fail in the same words.
      problems: [...new Set(problems)],
    };
  } finally {
    await kafka.close();
    await db.close();
  }
}

function unconsumed(stream: string): string {
  return `stream ${stream}: no worker with the role 'ingest' has said anything for 15 s. Start one: 'millrace worker', or 'npm start' for all of this machine.`;
}

/** Was the stack of this machine set up and stopped? Where there is none, the servers are somebody else's. */
function isStopped({ homeDir }: Config, servers: Status['servers']): boolean {
  return existsSync(homePaths(homeDir).envFile) && servers.every(({ state }) => state === 'down');
}

function deadServer(name: string): string {
  return `${name} was started here and is gone: 'npm start' brings it back; its log: 'millrace stack logs ${name}'`;
}

async function serverStatus({ homeDir }: Config): Promise<Status['servers']> {
  return (await stackStatus(homeDir)).map(({ name, state, address, since }) => ({
    name,
    state,
    address: address ?? null,
    sinceSeconds: since === undefined ? null : Math.round((Date.now() - Date.parse(since)) / 1_000),
  }));
}

/** Counters and lag of a stream, from what its consumer has committed. */
async function countersOf(kafka: KafkaClient, names: Names, stream: StreamDefinition): Promise<Counters> {
  const topic = names.rawTopic(stream);
  const [bounds, committed] = await Promise.all([
    kafka.bounds(topic),
    kafka.committed(names.consumerGroup(stream.name), topic),
  ]);
  const counters = { ...NO_COUNTS, lag: 0 };
  for (const [partition, { low, high }] of bounds) {
    const position = committed.get(partition);
    Object.assign(counters, addCounts(counters, position?.metadata?.counts ?? NO_COUNTS));
    counters.lag += Number(high - (position?.offset ?? low));
  }
  return counters;
}

/** Several workers may share a stream's partitions: one in trouble is what matters. */
function stateOf(stream: string, consumers: KnownConsumer[]): StreamStatus['state'] {
  const states = consumers.filter((consumer) => consumer.stream === stream).map(({ state }) => state);
  return states.find((state) => state !== 'running') ?? states[0] ?? 'no worker';
}

/** What Temporal knows of a table. */
interface Runs {
  /** Why its schedule is paused; undefined: it is not. */
  paused: string | undefined;
  /** The workflow id of its last run, if that failed. */
  failed: string | undefined;
}

async function runsOf(config: Config, names: Names, tables: LoadedDefinition[]): Promise<[string, Runs][]> {
  const temporal = await connectTemporal(config);
  try {
    return await Promise.all(
      tables.map(async ({ name }): Promise<[string, Runs]> => {
        const [paused, failed] = await Promise.all([
          pauseOf(temporal, names.scheduleId(name)),
          failedLastRun(temporal, names, name),
        ]);
        return [name, { paused, failed }];
      }),
    );
  } finally {
    await temporal.connection.close();
  }
}

async function tableStatus(
  ledger: ReturnType<typeof ledgerIn>,
  applied: Applied[],
  runs: ReadonlyMap<string, Runs>,
): Promise<TableStatus[]> {
  const summaries = new Map((await ledger.summaries()).map((summary) => [summary.table, summary]));
  return applied.flatMap(({ definition }) => {
    if (!isLoaded(definition)) return [];
    const summary = summaries.get(definition.name);
    const due = nextInterval(
      definition.calendar,
      lastCompleteInterval(definition.calendar, definition.offsetMs, new Date()),
    );
    return [
      {
        table: definition.name,
        kind: definition.kind,
        intervals: summary?.intervals ?? 0,
        rows: summary?.rows ?? 0,
        newest: summary?.newest ?? null,
        nextSlot: slotOf(due, definition.offsetMs),
        paused: runs.get(definition.name)?.paused ?? null,
      },
    ];
  });
}

import type { Command } from '@commander-js/extra-typings';
import pc from 'picocolors';
import { status as stackStatus } from '../../stack/stack.ts';
import { addCounts, NO_COUNTS, type Counts } from '../clients/kafka-commit.ts';
import { createKafkaClient, type KafkaClient } from '../clients/kafka.ts';
import { connectMariaDb } from '../clients/mariadb.ts';
import { loadConfig, type Config } from '../config.ts';
import { lastCompleteInterval, nextInterval, slotOf } from '../define/calendar.ts';
import { isLoaded, ofKind, type StreamDefinition } from '../define/definition.ts';
import { messageOf } from '../errors.ts';
import { namesFor, type Names } from '../names.ts';
import { catalogueIn, type Applied } from '../store/catalogue.ts';
import { consumersIn, type ConsumerReport, type KnownConsumer } from '../store/consumers.ts';
import { ledgerIn } from '../store/ledger.ts';
import { ageOf, renderTable } from './table.ts';

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

interface TableStatus {
  table: string;
  kind: string;
  intervals: number;
  rows: number;
  newest: string | null;
  nextSlot: string | null;
}

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description("stack, worker, each stream's lag and each table's newest interval")
    .option('--env <env>', 'the env')
    .option('--json', 'print as JSON')
    .action(async (options) => {
      const status = await readStatus(loadConfig({ MILLRACE_ENV: options.env }));
      process.stdout.write(options.json ? `${JSON.stringify(status, null, 2)}\n` : render(status));
      const isWell = status.problems.length === 0 && status.servers.every(({ state }) => state !== 'dead');
      if (!isWell) process.exitCode = 1;
    });
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
    return {
      servers: await attempt(() => serverStatus(config)),
      streams,
      tables: await attempt(() => tableStatus(ledgerIn(db, names), applied)),
      problems,
    };
  } finally {
    await kafka.close();
    await db.close();
  }
}

function unconsumed(stream: string): string {
  return `stream ${stream}: no worker with the role 'ingest' has said anything for 15 s. Start one: 'millrace worker', or 'npm start' for all of this machine.`;
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

async function tableStatus(ledger: ReturnType<typeof ledgerIn>, applied: Applied[]): Promise<TableStatus[]> {
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
      },
    ];
  });
}

function render({ servers, streams, tables, problems }: Status): string {
  const colour = { up: pc.green, dead: pc.red, down: pc.dim } as const;
  const sections = [
    renderTable(
      ['server', 'state', 'address', 'up for'],
      servers.map(({ name, state, address, sinceSeconds }) => [
        name,
        state,
        address ?? '-',
        sinceSeconds === null ? '-' : ageOf(sinceSeconds * 1_000),
      ]),
    ).replaceAll(/\b(up|dead|down)\b(?=  )/g, (state) => colour[state as keyof typeof colour](state)),
    renderTable(
      ['stream', 'state', 'raw', 'clean', 'dead', 'duplicate', 'filtered', 'lag'],
      streams.map((s) => [
        ...[s.stream, s.state],
        ...[s.raw, s.clean, s.dead, s.duplicate, s.filtered, s.lag].map((count) => String(count ?? '-')),
      ]),
    ),
    renderTable(
      ['table', 'kind', 'intervals', 'rows', 'newest interval', 'next slot'],
      tables.map((t) => [
        t.table,
        t.kind,
        String(t.intervals),
        String(t.rows),
        t.newest ?? '-',
        dueText(t.nextSlot),
      ]),
    ),
  ];
  return `${sections.join('\n')}${problems.map((problem) => `\n${pc.red('!')} ${problem}\n`).join('')}`;
}

function dueText(slot: string | null): string {
  return slot === null ? '-' : `${slot} (in ${ageOf(Date.parse(slot) - Date.now())})`;
}

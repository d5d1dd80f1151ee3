import type { Command } from '@commander-js/extra-typings';
import pc from 'picocolors';
import { status as stackStatus } from '../../stack/stack.ts';
import { createKafkaClient, type KafkaClient } from '../clients/kafka.ts';
import { connectMariaDb } from '../clients/mariadb.ts';
import { loadConfig, type Config } from '../config.ts';
import { lastCompleteInterval, nextInterval, slotOf } from '../define/calendar.ts';
import { isLoaded } from '../define/definition.ts';
import { messageOf } from '../errors.ts';
import { namesFor, type Names } from '../names.ts';
import { catalogueIn, type Applied } from '../store/catalogue.ts';
import { ledgerIn } from '../store/ledger.ts';
import { ageOf, renderTable } from './table.ts';

export interface Status {
  servers: { name: string; state: string; address: string | null; sinceSeconds: number | null }[];
  streams: StreamStatus[];
  tables: TableStatus[];
  /** What could not be asked, and why. */
  problems: string[];
}

export interface StreamStatus {
  stream: string;
  raw: number;
  clean: number;
  dead: number;
  duplicate: number;
  filtered: number;
  lag: number;
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
    return {
      servers: (await stackStatus(config.homeDir)).map(({ name, state, address, since }) => ({
        name,
        state,
        address: address ?? null,
        sinceSeconds: since === undefined ? null : Math.round((Date.now() - Date.parse(since)) / 1_000),
      })),
      streams: await attempt(() => streamStatus(kafka, names, applied)),
      tables: await attempt(() => tableStatus(ledgerIn(db, names), applied)),
      problems,
    };
  } finally {
    await kafka.close();
    await db.close();
  }
}

/** Counters and lag of every stream, from what its consumer has committed. */
export async function streamStatus(
  kafka: KafkaClient,
  names: Names,
  applied: Applied[],
): Promise<StreamStatus[]> {
  const statuses: StreamStatus[] = [];
  for (const { definition } of applied) {
    if (definition.kind !== 'stream') continue;
    const topic = names.rawTopic(definition);
    const [bounds, committed] = await Promise.all([
      kafka.bounds(topic),
      kafka.committed(names.consumerGroup(definition.name), topic),
    ]);
    const status = { stream: definition.name, raw: 0, clean: 0, dead: 0, duplicate: 0, filtered: 0, lag: 0 };
    for (const [partition, { low, high }] of bounds) {
      const position = committed.get(partition);
      status.lag += Number(high - (position?.offset ?? low));
      for (const kind of ['raw', 'clean', 'dead', 'duplicate', 'filtered'] as const) {
        status[kind] += position?.metadata?.counts[kind] ?? 0;
      }
    }
    statuses.push(status);
  }
  return statuses;
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
      ['stream', 'raw', 'clean', 'dead', 'duplicate', 'filtered', 'lag'],
      streams.map((s) => [s.stream, ...[s.raw, s.clean, s.dead, s.duplicate, s.filtered, s.lag].map(String)]),
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

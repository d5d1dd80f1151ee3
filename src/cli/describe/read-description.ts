import { connectMariaDb, type Database } from '../../clients/mariadb.ts';
import { connectTemporal, type TemporalClient } from '../../clients/temporal.ts';
import type { Config } from '../../config.ts';
import { describeCalendar } from '../../definition/calendar.ts';
import { isTable, type Definition, type Field } from '../../definition/definition.ts';
import { namesRead } from '../../definition/readers.ts';
import { messageOf } from '../../errors.ts';
import { namesFor, type Names } from '../../names.ts';
import { nextSlotOf } from '../../schedules/live.ts';
import { sourceNameOf } from '../../sources/index.ts';
import { catalogueIn, type Applied } from '../../store/catalogue.ts';
import { ledgerIn, type TableSummary } from '../../store/ledger.ts';
import { datasetUrl } from '../../targets/superset/dataset-url.ts';
import { lastRun, type LastRun } from './last-run.ts';

/** All that the servers know of one definition. What a kind has not is null. */
export interface Description {
  name: string;
  kind: Definition['kind'];
  description: string | null;
  owner: string | null;
  source: string | null;
  /** As a definition says it. */
  every: string | null;
  offsetMs: number | null;
  key: string[] | null;
  fields: Field[] | null;
  reads: string[];
  readBy: string[];
  /** Of a stream: its topics and what Druid calls it. */
  topics: { raw: string; clean: string; dead: string } | null;
  datasource: string | null;
  definitionHash: string;
  dataHash: string;
  loaded: Omit<TableSummary, 'table'> | null;
  /** RFC 3339, UTC; null: none is due. */
  nextSlot: string | null;
  /** Why its schedule is paused; null: it is not. */
  paused: string | null;
  lastRun: LastRun | null;
  datasetUrl: string | null;
  /** Who did not answer, and in which words: what they know is null above. */
  problems: string[];
}

/** Asks all servers at once. @throws TABLE_UNKNOWN, MARIADB_UNAVAILABLE */
export async function readDescription(config: Config, name: string): Promise<Description> {
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 2 });
  const problems: string[] = [];
  /** One who does not answer is a problem, and hides nothing of what the others know. */
  const asked = <T>(question: Promise<T>) =>
    question.catch((error: unknown) => {
      problems.push(messageOf(error));
      return undefined;
    });
  try {
    const catalogue = catalogueIn(db, names);
    const all = await catalogue.all();
    const applied = all.get(name) ?? (await catalogue.byName(name));
    const [loaded, runs, url] = await Promise.all([
      loadedOf(db, names, name),
      asked(runsOf(config, names, applied.definition)),
      asked(datasetUrl(config, names, applied.definition)),
    ]);
    const definitions = [...all.values()].map(({ definition }) => definition);
    return {
      ...factsOf(applied, definitions, names),
      loaded: loaded ?? null,
      nextSlot: runs?.nextSlot ?? null,
      paused: runs?.paused ?? null,
      lastRun: runs?.lastRun ?? null,
      datasetUrl: url ?? null,
      problems: [...new Set(problems)],
    };
  } finally {
    await db.close();
  }
}

/** What its definition says, without asking anybody. */
function factsOf({ definition, hash, dataHash }: Applied, all: readonly Definition[], names: Names) {
  const { name, kind, description = null, owner = null } = definition;
  const table = isTable(definition) ? definition : undefined;
  const stream = kind === 'stream' ? definition : undefined;
  return {
    name,
    kind,
    description,
    owner,
    source: sourceNameOf(definition) ?? null,
    every: table === undefined ? null : describeCalendar(table.calendar),
    offsetMs: table?.offsetMs ?? null,
    key: table?.key ?? null,
    fields: 'fields' in definition ? definition.fields : null,
    reads: namesRead(definition),
    readBy: all.filter((other) => namesRead(other).includes(name)).map((other) => other.name),
    topics:
      stream === undefined
        ? null
        : { raw: names.rawTopic(stream), clean: names.cleanTopic(name), dead: names.deadTopic(name) },
    datasource: stream === undefined ? null : names.datasource(stream),
    definitionHash: hash,
    dataHash,
  };
}

async function loadedOf(db: Database, names: Names, name: string) {
  const [found] = await ledgerIn(db, names).summaries(name);
  if (found === undefined) return undefined;
  const { table: _, ...loaded } = found;
  return loaded;
}

/** Of a table: when its next run is due, and how its last one went. */
async function runsOf(config: Config, names: Names, definition: Definition) {
  if (!isTable(definition)) return undefined;
  const temporal: TemporalClient = await connectTemporal(config);
  try {
    const [due, last] = await Promise.all([
      nextSlotOf(temporal, names.scheduleId(definition.name)),
      lastRun(config, temporal, definition),
    ]);
    return { ...due, lastRun: last };
  } finally {
    await temporal.connection.close();
  }
}

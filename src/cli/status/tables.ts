import { connectTemporal } from '../../clients/temporal.ts';
import { lastCompleteInterval, nextInterval, slotOf } from '../../definition/calendar.ts';
import type { TableDefinition } from '../../definition/definition.ts';
import { pauseOf } from '../../schedules/describe.ts';
import { ledgerIn, type TableSummary } from '../../store/ledger.ts';
import { runUrl } from '../temporal-ui.ts';
import { failedLastRun } from './last-run.ts';
import { asked, type Look } from './look.ts';

export interface TableStatus {
  table: string;
  kind: string;
  intervals: number;
  rows: number;
  newest: string | null;
  nextSlot: string;
  /** Why its schedule is paused, as whoever did it has said; null: it is not. */
  paused: string | null;
}

/** What each table holds, when it is due, and whether its last run failed. */
export async function tableStatus(look: Look, tables: TableDefinition[]): Promise<TableStatus[]> {
  const { config, names, db, problems } = look;
  const runs = await asked(look, () => runsOf(look, tables));
  for (const { table, failed } of runs) {
    if (failed !== undefined) problems.push(`table ${table}: its last run failed: ${runUrl(config, failed)}`);
  }
  const pauses = new Map(runs.map(({ table, paused }) => [table, paused]));
  return asked(look, async () => {
    const summaries = new Map((await ledgerIn(db, names).summaries()).map((row) => [row.table, row]));
    return tables.map((table) => ({
      ...heldBy(table, summaries.get(table.name)),
      paused: pauses.get(table.name) ?? null,
    }));
  });
}

function heldBy(
  { name, kind, calendar, offsetMs }: TableDefinition,
  summary: TableSummary | undefined,
): Omit<TableStatus, 'paused'> {
  const due = nextInterval(calendar, lastCompleteInterval(calendar, offsetMs, new Date()));
  return {
    table: name,
    kind,
    intervals: summary?.intervals ?? 0,
    rows: summary?.rows ?? 0,
    newest: summary?.newest ?? null,
    nextSlot: slotOf(due, offsetMs),
  };
}

/** What Temporal knows of a table. */
interface Runs {
  table: string;
  /** Why its schedule is paused; undefined: it is not. */
  paused: string | undefined;
  /** The workflow id of its last run, if that failed. */
  failed: string | undefined;
}

async function runsOf({ config, names }: Look, tables: TableDefinition[]): Promise<Runs[]> {
  const temporal = await connectTemporal(config);
  try {
    return await Promise.all(
      tables.map(async ({ name: table }) => {
        const [paused, failed] = await Promise.all([
          pauseOf(temporal, names.scheduleId(table)),
          failedLastRun(temporal, names, table),
        ]);
        return { table, paused, failed };
      }),
    );
  } finally {
    await temporal.connection.close();
  }
}

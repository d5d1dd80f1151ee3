import type { TableDefinition } from '../../definition/definition.ts';
import { openTemporal } from '../../schedules/target.ts';
import { ledgerIn, type TableSummary } from '../../store/ledger.ts';
import { runUrl } from '../temporal-ui.ts';
import { driftText, driftsByObject } from './drift.ts';
import { failedLastRun } from './last-run.ts';
import { asked, type Look } from './look.ts';
import type { TableStatus } from './table-status.ts';

/** What each table holds, when it is due, whether its schedule is as apply made it, and whether its last run failed. */
export async function tableStatus(look: Look, tables: TableDefinition[]): Promise<TableStatus[]> {
  const { names, db, problems } = look;
  const [schedules] = await Promise.all([
    driftsByObject(look, openTemporal, tables),
    nameFailed(look, tables),
  ]);
  const stepOf = ({ name }: TableDefinition) => schedules.get(names.scheduleId(name));
  for (const table of tables) {
    const step = stepOf(table);
    const called = { what: `its schedule ${step?.object}`, without: 'no run of it starts by itself' };
    const drift = step && driftText(step, called);
    if (drift !== undefined) problems.push(`table ${table.name}: ${drift}`);
  }
  return asked(look, async () => {
    const summaries = new Map((await ledgerIn(db, names).summaries()).map((row) => [row.table, row]));
    return tables.map((table) => {
      const { nextSlot = null, paused = null } = stepOf(table)?.live ?? {};
      return { ...heldBy(table, summaries.get(table.name)), nextSlot, paused };
    });
  });
}

function heldBy({ name, kind }: TableDefinition, summary: TableSummary | undefined) {
  return {
    table: name,
    kind,
    intervals: summary?.intervals ?? 0,
    rows: summary?.rows ?? 0,
    newest: summary?.newest ?? null,
  };
}

/** Names each table whose last run failed as a problem. */
async function nameFailed(look: Look, tables: TableDefinition[]): Promise<void> {
  const { config, names, problems } = look;
  const failed = await asked(look, async () => {
    const temporal = await look.temporal();
    return Promise.all(
      tables.map(async ({ name }) => ({ name, run: await failedLastRun(temporal, names, name) })),
    );
  });
  for (const { name, run } of failed) {
    if (run !== undefined) problems.push(`table ${name}: its last run failed: ${runUrl(config, run)}`);
  }
}

import type { TableDefinition } from '../../definition/definition.ts';
import { openTemporal } from '../../schedules/target.ts';
import { ledgerIn, type TableSummary } from '../../store/ledger.ts';
import { envFlag } from '../env-flag.ts';
import { runUrl } from '../temporal-ui.ts';
import { driftText, driftsByObject } from './drift.ts';
import { failedIntervals, type FailedIntervals } from './failed-intervals.ts';
import { asked, type Look } from './look.ts';
import type { TableStatus } from './table-status.ts';

/** What each table holds, when it is due, whether its schedule is as apply made it, and which intervals have failed. */
export async function tableStatus(look: Look, tables: TableDefinition[]): Promise<TableStatus[]> {
  const { names, db, problems } = look;
  if (tables.length === 0) return [];
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

/** Names each table with intervals whose newest run failed as a problem. */
async function nameFailed(look: Look, tables: TableDefinition[]): Promise<void> {
  const { config, names, problems } = look;
  const failed = await asked(look, async () => {
    const temporal = await look.temporal();
    return Promise.all(
      tables.map(async (table) => ({
        name: table.name,
        intervals: await failedIntervals(temporal, names, table),
      })),
    );
  });
  for (const { name, intervals } of failed) {
    if (intervals === undefined) continue;
    const where = `In Temporal: ${runUrl(config, intervals.newest.workflowId)}`;
    problems.push(`table ${name}: ${failedText(name, intervals, envFlag(config.env))} ${where}`);
  }
}

/**
 * `the load of 2026-01-05T07:00:00Z failed: HTTP_REFUSED: …. Once that is mended: 'npx millrace run …'.`
 * @param flag names the env, where the command needs it
 */
export function failedText(
  table: string,
  { starts, others, hasMore, newest }: FailedIntervals,
  flag = '',
): string {
  const [first = ''] = starts;
  const more = others === 0 ? '' : ` and ${others} more`;
  const which =
    starts.length === 1
      ? `the load of ${first} failed, and nothing has loaded it since`
      : `${starts.length + others}${hasMore ? ' or more' : ''} intervals failed, and nothing has loaded them since (${starts.join(', ')}${more}); the newest`;
  const why = `${newest.code}: ${newest.message.replace(/\.$/, '')}`;
  return `${which}: ${why}. Once that is mended: 'npx millrace run ${table}@${first}${flag}'${starts.length === 1 ? '' : ', and so each'}.`;
}

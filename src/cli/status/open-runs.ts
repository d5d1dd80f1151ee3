import type { TemporalClient } from '../../clients/temporal.ts';
import type { Names } from '../../names.ts';

/** A run that has not ended. */
export interface OpenRun {
  workflowId: string;
  table: string;
  startedMs: number;
}

/** The runs to look at, and how many others are open. */
export interface Sample {
  runs: OpenRun[];
  others: number;
}

/** Each costs a question of its own. */
const LOOKED_AT = 200;
/** Temporal answers with so many at a time, and allows some ten such questions a second. */
const PAGE = 1_000;
const LISTED = 10 * PAGE;

/** The oldest open runs of each table of an env: one that stands still grows old, and no table hides another. */
export async function openRuns(temporal: TemporalClient, { env, tableOfRun }: Names): Promise<Sample> {
  const query = `WorkflowId STARTS_WITH '${env}/' AND ExecutionStatus = 'Running'`;
  const listed: OpenRun[] = [];
  for await (const { workflowId, startTime } of temporal.workflow.list({ query, pageSize: PAGE })) {
    const count = listed.push({ workflowId, table: tableOfRun(workflowId), startedMs: startTime.getTime() });
    if (count === LISTED) break;
  }
  const open = listed.length < LISTED ? listed.length : (await temporal.workflow.count(query)).count;
  const runs = inTurns(listed).slice(0, LOOKED_AT);
  return { runs, others: open - runs.length };
}

/** The oldest of each table, then the second oldest of each, and so on. */
function inTurns(runs: readonly OpenRun[]): OpenRun[] {
  const turns = new Map<string, number>();
  const inOrder = [...runs].sort((a, b) => a.startedMs - b.startedMs);
  const withTurn = inOrder.map((run) => {
    const turn = (turns.get(run.table) ?? 0) + 1;
    turns.set(run.table, turn);
    return { run, turn };
  });
  return withTurn.sort((a, b) => a.turn - b.turn).map(({ run }) => run);
}

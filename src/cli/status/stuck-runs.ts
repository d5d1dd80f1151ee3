import type { TemporalClient } from '../../clients/temporal.ts';
import { isErrorCode, isWait } from '../../errors.ts';
import { runsUrl, runUrl } from '../temporal-ui.ts';
import { troublesOf, type Trouble } from '../troubles.ts';
import { asked, type Look } from './look.ts';
import { openRuns, type OpenRun } from './open-runs.ts';

/** What a healthy run waits for is there sooner. */
const LONG_WAIT_MS = 10_000;
/** So many others of the same cause are named. */
const NAMED = 3;

type StuckRun = OpenRun & Trouble;

/**
 * Names what keeps the runs under way from going on: a server or vendor that fails them, a worker that does not take
 * them, a wait that lasts. Runs that the same holds up share a line.
 */
export async function nameStuckRuns(look: Look): Promise<void> {
  const { config, names, problems } = look;
  const lines = await asked(look, async () => {
    const temporal = await look.temporal();
    const { runs, others } = await openRuns(temporal, names);
    const stuck = (await Promise.all(runs.map((run) => stuckIn(temporal, run)))).flat();
    const unseen = `of ${runs.length + others} runs under way ${others} were not looked at: ${runsUrl(config)}`;
    return [...byCause(stuck).map((group) => lineOf(look, group)), ...(others > 0 ? [unseen] : [])];
  });
  problems.push(...lines);
}

async function stuckIn(temporal: TemporalClient, run: OpenRun): Promise<StuckRun[]> {
  const isLong = Date.now() - run.startedMs > LONG_WAIT_MS;
  const troubles = troublesOf(await temporal.workflow.getHandle(run.workflowId).describe());
  return troubles
    .filter(({ cause }) => isLong || !isErrorCode(cause) || !isWait(cause))
    .map((trouble) => ({ ...run, ...trouble }));
}

/** Runs that the same holds up. */
interface Group {
  newest: StuckRun;
  /** Workflow ids, the oldest first. */
  others: string[];
}

function byCause(stuck: readonly StuckRun[]): Group[] {
  const groups = new Map<string, Group>();
  for (const one of [...stuck].sort((a, b) => a.startedMs - b.startedMs)) {
    const key = isOfTable(one.cause) ? `${one.table} ${one.cause}` : one.cause;
    const known = groups.get(key);
    const others = known === undefined ? [] : [...known.others, known.newest.workflowId];
    groups.set(key, { newest: one, others });
  }
  return [...groups.values()];
}

/** Two tables with the same code have two causes. A server that is away, or a queue without a worker, is one for all. */
function isOfTable(cause: string): boolean {
  return isErrorCode(cause) && !cause.endsWith('_UNAVAILABLE');
}

/** Says of the newest what holds it up: its tries are the closest together. */
function lineOf({ config }: Look, { newest: { workflowId, what }, others }: Group): string {
  const said = what.replace(/\.$/, '');
  return `run ${workflowId}${othersText(others)}: ${said}. In Temporal: ${runUrl(config, workflowId)}`;
}

function othersText(ids: readonly string[]): string {
  if (ids.length === 0) return '';
  const which = ids.length <= NAMED ? `: ${ids.join(', ')}` : `, the oldest ${ids[0]}`;
  return ` (and ${ids.length} more${which})`;
}

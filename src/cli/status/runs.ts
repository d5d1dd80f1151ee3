import { connectTemporal, type TemporalClient } from '../../clients/temporal.ts';
import { ERROR_CODES, isWait, type ErrorCode } from '../../errors.ts';
import type { Names } from '../../names.ts';
import { runUrl } from '../temporal-ui.ts';
import { troublesOf, type Trouble } from '../troubles.ts';
import { asked, type Look } from './look.ts';

/** Of an env whose server is away, any number of runs may wait: the newest say what for. */
const LOOKED_AT = 30;
/** What a healthy run waits for is there sooner. */
const LONG_WAIT_MS = 10_000;

interface Stuck extends Trouble {
  workflowId: string;
}

/**
 * Names what keeps the runs under way from going on: a server or vendor that fails them, a worker that does not take
 * them, a wait that lasts. One line per cause, with one of the runs that it holds up.
 */
export async function nameStuckRuns(look: Look): Promise<void> {
  const { config, names, problems } = look;
  const stuck = await asked(look, async () => {
    const temporal = await connectTemporal(config);
    try {
      return await stuckRuns(temporal, names);
    } finally {
      await temporal.connection.close();
    }
  });
  for (const { what, workflowId, others } of byCause(stuck)) {
    const more = others === 0 ? '' : ` (and ${others} more)`;
    problems.push(`run ${workflowId}${more}: ${what}: ${runUrl(config, workflowId)}`);
  }
}

async function stuckRuns(temporal: TemporalClient, { env }: Pick<Names, 'env'>): Promise<Stuck[]> {
  const query = `WorkflowId STARTS_WITH '${env}/' AND ExecutionStatus = 'Running'`;
  const ids: string[] = [];
  for await (const { workflowId } of temporal.workflow.list({ query, pageSize: LOOKED_AT })) {
    if (ids.push(workflowId) === LOOKED_AT) break;
  }
  const runs = await Promise.all(ids.map((id) => temporal.workflow.getHandle(id).describe()));
  return runs.flatMap((run) => {
    const isLong = Date.now() - run.startTime.getTime() > LONG_WAIT_MS;
    const troubles = troublesOf(run).filter(({ code }) => isLong || !isWaitCode(code));
    return troubles.map((trouble) => ({ ...trouble, workflowId: run.workflowId }));
  });
}

function isWaitCode(code: string | undefined): boolean {
  return code !== undefined && code in ERROR_CODES && isWait(code as ErrorCode);
}

function byCause(stuck: readonly Stuck[]): (Stuck & { others: number })[] {
  const causes = new Map<string, Stuck & { others: number }>();
  for (const one of stuck) {
    const known = causes.get(one.what);
    causes.set(
      one.what,
      known === undefined ? { ...one, others: 0 } : { ...known, others: known.others + 1 },
    );
  }
  return [...causes.values()];
}

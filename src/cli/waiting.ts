import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { pollersOf, type TemporalClient } from '../clients/temporal.ts';
import { temporalCommand, type TemporalSettings } from '../clients/temporal-address.ts';
import { envOfTaskQueue } from '../names.ts';
import { envFlag } from './env-flag.ts';
import { paused } from './paused.ts';
import { tell } from './print.ts';
import { troublesOf, type Trouble } from './troubles.ts';

/** As shells say it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;
const LOOK_EVERY_MS = 2_000;
/** Of the many intervals that a backfill loads at a time. */
const SHOWN_CHILDREN = 5;

/** A run that somebody waits for, and the Temporal that runs it. */
interface Waited {
  config: TemporalSettings;
  temporal: TemporalClient;
  handle: Pick<WorkflowHandle, 'workflowId' | 'result'>;
}

/** Who is told, and how often a look is taken. */
interface Watch {
  say: (line: string) => void;
  everyMs: number;
}

/**
 * Waits for the end of a run and returns its result. Meanwhile says, once per cause, what it and its children wait for:
 * the failure after which an activity is tried again, and queues from which no worker takes work.
 */
export async function resultOf<T>(
  { config, temporal, handle }: Waited,
  { say = onStderr, everyMs = LOOK_EVERY_MS }: Partial<Watch> = {},
): Promise<T> {
  const ended = new AbortController();
  const onInterrupt = () => {
    say(leaveText(config, handle.workflowId));
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', onInterrupt);
  void watch(temporal, handle.workflowId, ended.signal, { say, everyMs });
  try {
    return (await handle.result()) as T;
  } finally {
    process.off('SIGINT', onInterrupt);
    ended.abort();
  }
}

/** What is said to whoever stops waiting: that does not stop the run. */
export function leaveText(config: TemporalSettings, workflowId: string): string {
  const command = temporalCommand(config, `workflow cancel --workflow-id '${workflowId}'`);
  return `it goes on in Temporal; to stop it: ${command}`;
}

function onStderr(line: string): void {
  tell(`  ${line}\n`);
}

async function watch(
  temporal: TemporalClient,
  workflowId: string,
  signal: AbortSignal,
  { say, everyMs }: Watch,
): Promise<void> {
  let before: Trouble[] = [];
  while (await paused(everyMs, signal)) {
    // A look that fails says nothing: whoever waits for the result hears of it.
    const now = await troublesNow(temporal, workflowId).catch(() => before);
    if (signal.aborted) return;
    const said = new Set(before.map(sameness));
    for (const trouble of now) if (!said.has(sameness(trouble))) say(trouble.what);
    before = now;
  }
}

const sameness = ({ place, cause }: Trouble) => `${place} ${cause}`;

async function troublesNow(temporal: TemporalClient, workflowId: string): Promise<Trouble[]> {
  const own = await temporal.workflow.getHandle(workflowId).describe();
  const ids = (own.raw.pendingChildren ?? []).flatMap((child) => child.workflowId ?? []);
  const children = await Promise.all(
    ids.slice(0, SHOWN_CHILDREN).map((id) => temporal.workflow.getHandle(id).describe()),
  );
  const runs = [own, ...children];
  const queues = new Set(runs.filter(isRunning).map(({ taskQueue }) => taskQueue));
  const idle = await Promise.all([...queues].map((queue) => idleQueue(temporal, queue)));
  return [...idle.flat(), ...runs.flatMap(troublesIn)];
}

function troublesIn(run: WorkflowExecutionDescription): Trouble[] {
  return troublesOf(run).map(({ place, cause, what }) => ({
    place: `${run.workflowId}/${place}`,
    cause,
    what: `${run.workflowId}: ${what}`,
  }));
}

const isRunning = ({ status }: WorkflowExecutionDescription) => status.name === 'RUNNING';

async function idleQueue(temporal: TemporalClient, queue: string): Promise<Trouble[]> {
  const pollers = await pollersOf(temporal, queue);
  if (pollers.length > 0) return [];
  const what = `no worker polls task queue ${queue}: start one with 'npx millrace worker${envFlag(envOfTaskQueue(queue))}'`;
  return [{ place: queue, cause: 'nobody polls', what }];
}

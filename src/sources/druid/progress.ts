import type { SupervisorStatus } from '../../clients/druid.ts';
import { MillraceError } from '../../errors.ts';
import type { LoadDeps } from '../../load/deps.ts';
import type { Offsets } from '../../load/messages.ts';
import { decodeCommit } from '../../store/commit.ts';
import type { LoadStream } from './streams.ts';

/** Either what was waited for, or (as text) what is still missing. */
export type Progress<T> = { reached: T } | { missing: string };

/** What our consumer of a stream had produced. */
export interface Consumed {
  /** By partition: the next clean offset. */
  offsets: Record<string, string>;
  /** Kafka's id of the clean topic, where every partition that has clean events says the same. */
  cleanTopic: string | undefined;
}

/** Has our consumer passed the noted ends? Then: what it had produced. */
export async function consumedTo(
  { kafka, names }: Pick<LoadDeps, 'kafka' | 'names'>,
  stream: LoadStream,
  ends: Record<string, string>,
): Promise<Progress<Consumed>> {
  const committed = await kafka.committed(names.consumerGroup(stream.name), stream.topic);
  const offsets = await kafka.bounds(stream.topic);
  const written = await kafka.bounds(names.cleanTopic(stream.name));
  const clean: Record<string, string> = {};
  const topics = new Set<string | undefined>();
  for (const [partition, end] of Object.entries(ends)) {
    const position = committed.get(Number(partition));
    // Where nothing was ever committed, all that counts is whether anything is left to be read.
    const reached = position?.offset ?? offsets.get(Number(partition))?.low ?? 0n;
    if (reached < BigInt(end)) {
      return {
        missing: `Stream '${stream.name}' is not drained: partition ${partition} is consumed to ${reached} of ${end}. Is a worker with the role 'ingest' running ('millrace status')?`,
      };
    }
    const commit = decodeCommit(position?.metadata);
    clean[partition] = String(commit?.clean ?? 0n);
    if (clean[partition] !== '0') topics.add(commit?.cleanTopic);
    if (commit === undefined && (written.get(Number(partition))?.high ?? 0n) > 0n) {
      // Without them 'no clean event yet' and 'nobody knows' look the same, and good rows would be replaced by none.
      return {
        missing: `Stream '${stream.name}' has clean events in partition ${partition}, but its consumer group has lost their positions (its offsets expired, or were deleted or reset). A worker with the role 'ingest' rebuilds them when it starts.`,
      };
    }
  }
  const [cleanTopic] = topics.size === 1 ? topics : [];
  return { reached: { offsets: clean, cleanTopic } };
}

/**
 * Refuses to go on while Druid has not (or, its task having started anew, no longer) read up to this coverage.
 * @throws STREAM_NOT_DRAINED (retried)
 */
export async function refuseUndrained(
  deps: LoadDeps,
  streams: LoadStream[],
  coverage: Offsets,
): Promise<void> {
  for (const stream of streams) {
    const progress = await queryableTo(deps, stream, coverage[stream.name] ?? {});
    if ('missing' in progress) throw new MillraceError('STREAM_NOT_DRAINED', progress.missing);
  }
}

/** Have Druid's tasks passed these clean offsets? Asked of the tasks: what the supervisor knows is 30 s old. */
export async function queryableTo(
  { druid, names }: Pick<LoadDeps, 'druid' | 'names'>,
  stream: LoadStream,
  clean: Record<string, string>,
): Promise<Progress<true>> {
  const wanted = Object.entries(clean).filter(([, offset]) => offset !== '0');
  if (wanted.length === 0) return { reached: true };
  const id = names.datasource(stream.definition);
  const status = await druid.supervisorStatus(id);
  if (status === undefined) {
    return { missing: `Druid has no supervisor '${id}'. 'millrace apply' makes it.` };
  }
  const tasks = [...status.activeTasks, ...status.publishingTasks];
  const answers = await Promise.all(tasks.map((task) => druid.taskOffsets(task.id)));
  for (const [partition, offset] of wanted) {
    const known = [
      ...answers.map((answer) => ('said' in answer ? answer.said[partition] : undefined)),
      ...tasks.map((task) => task.startingOffsets?.[partition]),
    ];
    const reached = Math.max(0, ...known.filter((value) => value !== undefined));
    if (BigInt(reached) < BigInt(offset)) {
      const read = `is known to have read partition ${partition} to ${reached} of ${offset}`;
      const why = [
        ...answers.flatMap((answer) => ('silent' in answer ? answer.silent : [])),
        lastErrorOf(status),
      ];
      return {
        missing: `Stream '${stream.name}' is not drained: Druid's supervisor '${id}' (${status.detailedState ?? status.state}) ${[read, ...why.filter(Boolean)].join('; ')}.`,
      };
    }
  }
  return { reached: true };
}

function lastErrorOf({ recentErrors }: SupervisorStatus): string {
  const message = recentErrors.at(-1)?.message;
  return message === undefined ? '' : `its last error: ${message}`;
}

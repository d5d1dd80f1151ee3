import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamDefinition } from '../definition/definition.ts';
import { type Gone, goneIn } from './gone.ts';
import { type IntakeDeps, type Standing, standingOf, writtenEnds } from './standing.ts';

/** Longer than Druid needs from the end of a task until it has stored where the next one begins. */
const PROOF_MS = 3_000;

/**
 * Has Druid go on where its place is gone from the clean topic and nothing was lost. Those partitions alone are reset,
 * each to the first offset that Kafka has, so that nothing is skipped that is there to be read.
 *
 * Druid is asked only where all records of a partition were taken away. It is looked at twice, and reset where both
 * looks agree: several may do so at once, because a second reset only has Druid begin at the same place again.
 * @returns where it was reset
 */
export async function mend(deps: IntakeDeps, stream: StreamDefinition, signal: AbortSignal): Promise<Gone[]> {
  if (!(await isEmptied(deps, stream))) return [];
  const first = await mendableIn(deps, stream);
  if (first.length === 0) return [];
  await sleep(PROOF_MS, undefined, { signal });
  const gone = (await mendableIn(deps, stream)).filter((now) => first.some((then) => isSame(now, then)));
  if (gone.length === 0) return [];
  const offsets = new Map(gone.map(({ partition, low }) => [partition, low]));
  await deps.druid.resetOffsets(deps.names.datasource(stream), {
    topic: deps.names.cleanTopic(stream.name),
    offsets,
  });
  return gone;
}

/** Was all that our consumer has written to some partition taken away? */
async function isEmptied({ kafka, names }: IntakeDeps, stream: StreamDefinition): Promise<boolean> {
  const ends = await writtenEnds({ kafka, names }, stream);
  const bounds = await kafka.bounds(names.cleanTopic(stream.name));
  return [...bounds].some(([partition, { low }]) => low > (ends.get(partition)?.written ?? low));
}

/** Places that are gone while nothing is lost, if a reset harms nothing at this moment. */
async function mendableIn(deps: IntakeDeps, stream: StreamDefinition): Promise<Gone[]> {
  const incarnation = await deps.kafka.topicId(deps.names.cleanTopic(stream.name));
  const standing = await standingOf(deps, stream);
  if (standing === undefined || !mayReset(standing, incarnation)) return [];
  return goneIn(standing).filter(({ lostTo }) => lostTo === undefined);
}

function isSame(a: Gone, b: Gone): boolean {
  return a.partition === b.partition && a.at === b.at && a.low === b.low;
}

/**
 * A reset ends the task of the supervisor, and what it has not published is read again: is it all still there? What is
 * being published would be refused, and is waited for. Of a topic that was made anew offsets mean something else.
 */
function mayReset({ positions, parts }: Standing, incarnation: string | undefined): boolean {
  const { supervisor, tasks } = positions;
  if (supervisor.suspended) return false;
  if (!parts.every(({ written, writtenTo }) => written === 0n || writtenTo === incarnation)) return false;
  return tasks.every(
    ({ isPublishing, from, to }) =>
      !isPublishing &&
      parts.every(({ partition, low }) => {
        const start = from.get(partition);
        return start === undefined || start >= low || start === to.get(partition);
      }),
  );
}

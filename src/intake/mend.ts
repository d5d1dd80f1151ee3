import { setTimeout as sleep } from 'node:timers/promises';
import type { DruidClient } from '../clients/druid.ts';
import type { KafkaClient } from '../clients/kafka/port.ts';
import type { StreamDefinition } from '../definition/definition.ts';
import { type Gone, goneOf } from './gone.ts';
import { type LookDeps, type Standing, standingOf, writtenEnds } from './standing.ts';

/** Whom to ask, and whom to have go on. */
export interface MendDeps extends LookDeps {
  kafka: LookDeps['kafka'] & Pick<KafkaClient, 'topicId'>;
  druid: LookDeps['druid'] & Pick<DruidClient, 'resetOffsets'>;
}

/** Longer than Druid needs from the end of a task until it has stored where the next one begins. */
const STORING_MS = 3_000;

/**
 * Has Druid go on where its place is gone from the clean topic and nothing was lost. Those partitions alone are reset,
 * each to the first offset that Kafka has, so that nothing is skipped that is there to be read.
 *
 * Druid is asked only where all records of a partition were taken away. It is looked at twice, and reset where both
 * looks agree: several may do so at once, because a second reset only has Druid begin at the same place again.
 * @returns where it was reset
 */
export async function mend(deps: MendDeps, stream: StreamDefinition, signal: AbortSignal): Promise<Gone[]> {
  if (!(await isEmptied(deps, stream))) return [];
  const first = await mendableIn(deps, stream);
  if (first.length === 0) return [];
  await sleep(STORING_MS, undefined, { signal });
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
async function isEmptied({ kafka, names }: LookDeps, stream: StreamDefinition): Promise<boolean> {
  const ends = await writtenEnds({ kafka, names }, stream);
  const bounds = await kafka.bounds(names.cleanTopic(stream.name));
  return [...bounds].some(([partition, { low }]) => low > (ends.get(partition)?.written ?? low));
}

/** Places that are gone while nothing is lost, if a reset harms nothing at this moment. */
async function mendableIn(deps: MendDeps, stream: StreamDefinition): Promise<Gone[]> {
  const incarnation = await deps.kafka.topicId(deps.names.cleanTopic(stream.name));
  const standing = await standingOf(deps, stream);
  if (standing === undefined || !mayReset(standing, incarnation)) return [];
  return standing.partitions.flatMap((one) => goneOf(one) ?? []).filter(({ lostTo }) => lostTo === undefined);
}

function isSame(a: Gone, b: Gone): boolean {
  return a.partition === b.partition && a.at === b.at && a.low === b.low;
}

/**
 * A reset ends the task of the supervisor, and what it has not published is read again: is it all still there? What is
 * being published would be refused, and is waited for. Of a topic that was made anew offsets mean something else.
 */
function mayReset({ positions, partitions }: Standing, incarnation: string | undefined): boolean {
  const { supervisor, tasks } = positions;
  if (supervisor.suspended) return false;
  if (!partitions.every(({ written, writtenTo }) => written === 0n || writtenTo === incarnation))
    return false;
  return tasks.every(
    ({ isPublishing, from, to }) =>
      !isPublishing &&
      partitions.every(({ partition, low }) => {
        const start = from.get(partition);
        return start === undefined || start >= low || start === to.get(partition);
      }),
  );
}

import { diffByFields } from '../difference.ts';
import type { Live, Owned, Step } from '../target.ts';
import type { DesiredTopic } from './topics.ts';

export interface LiveTopic extends Live {
  fields: { partitions: number; settings: Readonly<Record<string, string>> };
}

/** What has to be done. No topic loses partitions: more of them than the stream says are as good. */
export function diffTopics(
  desired: readonly DesiredTopic[],
  live: ReadonlyMap<string, LiveTopic>,
  owned: Owned,
): Step<DesiredTopic, LiveTopic>[] {
  const whole = desired.map((topic) => withPartitions(topic, live));
  return diffByFields('kafka', whole, live, owned).map((step) => {
    const { desired: topic } = step;
    const isOrphan = topic?.madeFrom !== undefined && !live.has(topic.madeFrom);
    return { ...step, ...(isOrphan ? { refusal: missingRaw(topic) } : {}) };
  });
}

function withPartitions(topic: DesiredTopic, live: ReadonlyMap<string, LiveTopic>): DesiredTopic {
  const raw = topic.madeFrom === undefined ? undefined : live.get(topic.madeFrom);
  const present = live.get(topic.object)?.fields.partitions ?? 0;
  const partitions = Math.max(raw?.fields.partitions ?? topic.fields.partitions, present);
  return { ...topic, fields: { ...topic.fields, partitions } };
}

function missingRaw({ stream, madeFrom }: DesiredTopic): string {
  return `Stream '${stream}' reads topic '${madeFrom}', which does not exist. Make it first, or leave out 'topic' to have one made.`;
}

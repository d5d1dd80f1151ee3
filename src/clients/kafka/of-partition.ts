import { MillraceError } from '../../errors.ts';

/** What an answer says of one partition. @throws KAFKA_UNAVAILABLE where the topic has no such partition (yet) */
export function ofPartition<T>(answer: ReadonlyMap<number, T>, topic: string, partition: number): T {
  if (answer.has(partition)) return answer.get(partition) as T;
  throw new MillraceError(
    'KAFKA_UNAVAILABLE',
    `Topic ${topic} has ${answer.size} partitions, and no partition ${partition}: it was made anew, or not every broker knows of its new partitions yet. It is repeated; 'npx millrace apply' adds what is missing.`,
  );
}

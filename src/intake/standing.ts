import type { DruidClient } from '../clients/druid.ts';
import type { KafkaClient } from '../clients/kafka/port.ts';
import type { StreamDefinition } from '../definition/definition.ts';
import type { Names } from '../names.ts';
import { commitsOf } from '../store/commits.ts';
import { type Positions, positionsOf, reportedTo } from './positions.ts';
import { storedIn } from './stored.ts';

/** Whom to ask how far Druid is in a stream, and why it comes no further. */
export interface LookDeps {
  names: Names;
  kafka: Pick<KafkaClient, 'bounds' | 'committed' | 'readRange'>;
  druid: Pick<DruidClient, 'supervisorStatus' | 'taskOffsets' | 'settledSince' | 'lastFailure'>;
}

/** One partition of a clean topic, as our consumer has written it and Druid reads it. Offsets are of the clean topic. */
export interface PartitionStanding {
  partition: number;
  /** Behind the last record that our consumer has written; 0: it has written none. */
  written: bigint;
  /** Is that the end indeed? After a lost position there may have been records beyond it that nobody remembers. */
  isEnd: boolean;
  /** Kafka's id of the topic that it was written to. */
  writtenTo: string | undefined;
  /** The first offset that Kafka still has. */
  low: bigint;
  /** Behind the last record that can be read. */
  high: bigint;
  /** Where Druid is: what it has read to or, without a task, will begin with. Undefined: that cannot be told. */
  at: bigint | undefined;
}

/** How far Druid is in a stream. */
export interface Standing {
  /** Of the supervisor. */
  id: string;
  topic: string;
  positions: Positions;
  partitions: PartitionStanding[];
}

/** Asks how far Druid is in a stream. @returns undefined where Druid has no supervisor for it */
export async function standingOf(
  { names, kafka, druid }: LookDeps,
  stream: StreamDefinition,
  nowMs: number = Date.now(),
): Promise<Standing | undefined> {
  const id = names.datasource(stream);
  const topic = names.cleanTopic(stream.name);
  // Druid last: what is written or taken away meanwhile, it need not have read.
  const ends = await writtenEnds({ names, kafka }, stream);
  const bounds = await kafka.bounds(topic);
  const positions = await positionsOf(druid, id);
  if (positions === undefined) return undefined;
  const stored = storedIn(positions, nowMs);
  const partitions = [...bounds].map(([partition, { low, high }]) => ({
    partition,
    ...(ends.get(partition) ?? unknownEnd(high)),
    low,
    high,
    at: reportedTo(positions, partition) ?? stored.get(partition),
  }));
  return { id, topic, positions, partitions };
}

type End = Pick<PartitionStanding, 'written' | 'isEnd' | 'writtenTo'>;

const NOTHING: End = { written: 0n, isEnd: true, writtenTo: undefined };

/** Without a commit: offsets of a consumer expire, and then nobody remembers what was written. */
const unknownEnd = (high: bigint): End => ({ ...NOTHING, isEnd: high === 0n });

/** How far our consumer has written a stream, by partition. */
export async function writtenEnds(
  { names, kafka }: Pick<LookDeps, 'names'> & { kafka: Pick<KafkaClient, 'committed'> },
  stream: StreamDefinition,
): Promise<Map<number, End>> {
  const committed = await commitsOf({ kafka, names }, stream);
  return new Map(
    [...committed].map(([partition, { metadata }]) => {
      if (metadata === undefined) return [partition, { ...NOTHING, isEnd: false }];
      const { clean: written, counts, cleanTopic: writtenTo } = metadata;
      // A rebuilt position counts from nothing, and does not know what retention had removed by then.
      return [partition, { written, isEnd: written === 0n || counts.clean > 0, writtenTo }];
    }),
  );
}

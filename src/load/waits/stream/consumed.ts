import type { StreamDefinition } from '../../../definition/definition.ts';
import { commitsOf } from '../../../store/commits.ts';
import type { LoadDeps } from '../../deps.ts';
import type { Progress } from '../../patience.ts';
import type { Ends } from '../wait.ts';

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
  stream: StreamDefinition,
  ends: Ends,
): Promise<Progress<Consumed>> {
  const topic = names.rawTopic(stream);
  const committed = await commitsOf({ kafka, names }, stream);
  const offsets = await kafka.bounds(topic);
  const written = await kafka.bounds(names.cleanTopic(stream.name));
  const clean: Record<string, string> = {};
  const topics = new Set<string | undefined>();
  for (const [partition, end] of Object.entries(ends)) {
    const position = committed.get(Number(partition));
    // Where nothing was ever committed, all that counts is whether anything is left to be read.
    const reached = position?.offset ?? offsets.get(Number(partition))?.low ?? 0n;
    if (reached < BigInt(end)) {
      const isBehindTransaction = reached >= (offsets.get(Number(partition))?.high ?? 0n);
      return { missing: undrained(stream.name, { partition, reached, end, isBehindTransaction }) };
    }
    const commit = position?.metadata;
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

interface Undrained {
  partition: string;
  reached: bigint;
  end: string;
  isBehindTransaction: boolean;
}

function undrained(stream: string, { partition, reached, end, isBehindTransaction }: Undrained): string {
  const standing = `Stream '${stream}' is not drained: partition ${partition} is consumed to ${reached} of ${end}.`;
  return isBehindTransaction
    ? `${standing} A producer has a transaction open there: its events, and all behind them, can be read once it ends, or once Kafka ends it (after the producer's transaction.timeout.ms).`
    : `${standing} Is a worker with the role 'ingest' running ('npx millrace status')?`;
}

import { ofPartition } from '../../clients/kafka/of-partition.ts';
import type { Bounds, KafkaClient } from '../../clients/kafka/port.ts';
import { deferred } from '../../deferred.ts';
import { MillraceError } from '../../errors.ts';
import type { Lane } from '../path/lane.ts';
import type { Session } from './session.ts';

export interface Watch {
  /** Rejects when records wait and no lane has moved for the time allowed, or when a commit or the clean topic is gone. */
  failed: Promise<never>;
  end(): void;
}

/** What one look has found. */
export interface Look {
  /** Raw offsets not processed yet, over this process's partitions. */
  lag: number;
  hasMoved: boolean;
}

/** What a session reads and writes. */
export interface Watched {
  /** The raw topic. */
  topic: string;
  group: string;
  /** Kafka's id tells it from one of the same name that is made anew. */
  cleanTopic: { name: string; id: string };
}

const LOOK_MS = 2_000;

/**
 * Looks every 2 s how far a session's lanes are behind.
 *
 * A client can stand still on a partition without any error (half-open socket, aborted tail): only the lag tells. And
 * it can read on without any error when the topic is deleted and made anew: only the commits tell, which Kafka deletes
 * with the topic. (Not where the new topic has grown past the position before a look: the next commit hides it.)
 * A clean topic that was made anew is told by its id: offsets of the old one mean nothing in it.
 * @param allowedMs how long lag may last without progress
 */
export function watchSession(
  kafka: Pick<KafkaClient, 'bounds' | 'committed' | 'committedAt' | 'topicId'>,
  { topic, group, cleanTopic }: Watched,
  session: Pick<Session, 'isFlowing' | 'lanes'>,
  allowedMs: number,
  onLook: (look: Look) => void,
): Watch {
  const failed = deferred<never>();
  let seen: Seen = { ...NOTHING_SEEN, movedMs: Date.now() };
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  const look = async () => {
    const lanes = session.isFlowing() ? session.lanes() : [];
    const [bounds, committed, cleanId] = await Promise.all([
      kafka.bounds(topic),
      kafka.committed(group, topic),
      kafka.topicId(cleanTopic.name),
    ]);
    if (cleanId !== cleanTopic.id) failed.reject(cleanAnew(cleanTopic.name));
    const lag = lagOf(topic, session, bounds);
    for (const { partition } of lanes) {
      if (committed.has(partition)) continue;
      // Asked once more, by name: a broker that has not heard of a new partition yet knows of no commit either.
      const position = await kafka.committedAt(group, topic, partition);
      if (position === undefined) failed.reject(positionsGone(topic, group));
    }
    // Lanes that are being opened read their windows back, which has a limit of its own.
    seen = session.isFlowing() ? seenOf(lanes, lag, seen) : { ...NOTHING_SEEN, movedMs: Date.now() };
    onLook({ lag: Math.max(lag, 0), hasMoved: seen.hasMoved });
    if (Date.now() - seen.movedMs > allowedMs) failed.reject(stallOf(topic, lag, allowedMs));
  };
  const schedule = () => {
    if (isOver) return;
    // A look that fails says nothing about the lanes; whether Kafka answers, the session itself finds out.
    timer = setTimeout(() => void look().then(schedule, schedule), LOOK_MS);
  };
  schedule();
  return {
    failed: failed.promise,
    end() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

interface Seen {
  /** By partition, of the lanes that flow. */
  positions: ReadonlyMap<number, bigint>;
  hasMoved: boolean;
  /** When a lane last moved, or nothing waited. */
  movedMs: number;
}

const NOTHING_SEEN = { positions: new Map<number, bigint>(), hasMoved: false };

/** Only what flowed at the last look can have moved since: where a lane begins, it was put. */
function seenOf(lanes: readonly Lane[], lag: number, before: Seen): Seen {
  const hasMoved = lanes.some(({ partition, position }) => {
    const known = before.positions.get(partition);
    return known !== undefined && known !== position;
  });
  return {
    positions: new Map(lanes.map(({ partition, position }) => [partition, position])),
    hasMoved,
    movedMs: hasMoved || lag <= 0 ? Date.now() : before.movedMs,
  };
}

function lagOf(topic: string, session: Pick<Session, 'lanes'>, bounds: ReadonlyMap<number, Bounds>): number {
  const lags = session
    .lanes()
    .map(({ partition, position }) => Number(ofPartition(bounds, topic, partition).high - position));
  return lags.reduce((sum, lag) => sum + lag, 0);
}

function stallOf(topic: string, lag: number, allowedMs: number): MillraceError {
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `${lag} records of ${topic} wait and none was processed for ${allowedMs / 1000} s. The consumer is built anew.`,
    { context: { stalled: true } },
  );
}

function positionsGone(topic: string, group: string): MillraceError {
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `The committed positions of group ${group} are gone while it runs: topic ${topic} was deleted and made anew. The consumer is built anew.`,
  );
}

function cleanAnew(topic: string): MillraceError {
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `Topic ${topic} was deleted while it was written to. The consumer is built anew.`,
  );
}

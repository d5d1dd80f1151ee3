import { ofPartition } from '../../clients/kafka/of-partition.ts';
import type { Bounds, KafkaClient } from '../../clients/kafka/port.ts';
import { deferred } from '../../deferred.ts';
import { MillraceError } from '../../errors.ts';
import type { Lane } from '../path/lane.ts';
import type { Session } from './session.ts';

export interface Watch {
  /** Rejects when records wait in a lane that has not moved for the time allowed, or when a commit or the clean topic is gone. */
  failed: Promise<never>;
  end(): void;
}

/** What one look has found. */
export interface Look {
  /** Raw offsets not processed yet, over this process's partitions. */
  lag: number;
  /** A lane has moved, and none stood still in which records wait. */
  hasMoved: boolean;
}

/** A topic as it was when the session began: Kafka's id tells it from one of the same name that is made anew. */
export interface KnownTopic {
  name: string;
  id: string;
}

/** What a session reads and writes. */
export interface Watched {
  rawTopic: KnownTopic;
  cleanTopic: KnownTopic;
  group: string;
}

const LOOK_MS = 2_000;

/**
 * Looks every 2 s how far a session's lanes are behind.
 *
 * A client can stand still on a partition without any error (half-open socket, aborted tail): only the lag tells. And
 * it can read on without any error when the topic is deleted and made anew: only the commits tell, which Kafka deletes
 * with the topic, and its id. Offsets of one topic mean nothing in another.
 * @param allowedMs how long lag may last without progress
 */
export function watchSession(
  kafka: Pick<KafkaClient, 'bounds' | 'committed' | 'committedAt' | 'topicId'>,
  { rawTopic, cleanTopic, group }: Watched,
  session: Pick<Session, 'isFlowing' | 'lanes'>,
  allowedMs: number,
  onLook: (look: Look) => void,
): Watch {
  const failed = deferred<never>();
  let seen = nothingSeen();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  const look = async () => {
    const lanes = session.isFlowing() ? session.lanes() : [];
    const topic = rawTopic.name;
    const [bounds, committed, rawId, cleanId] = await Promise.all([
      kafka.bounds(topic),
      kafka.committed(group, topic),
      kafka.topicId(topic),
      kafka.topicId(cleanTopic.name),
    ]);
    if (cleanId !== cleanTopic.id) failed.reject(madeAnew(cleanTopic.name, 'written to'));
    if (rawId !== rawTopic.id) failed.reject(madeAnew(topic, 'read'));
    const lags = lagsOf(topic, session, bounds);
    for (const { partition } of lanes) {
      if (committed.has(partition)) continue;
      // Asked once more, by name: a broker that has not heard of a new partition yet knows of no commit either.
      const position = await kafka.committedAt(group, topic, partition);
      if (position === undefined) failed.reject(positionsGone(topic, group));
    }
    // Lanes that are being opened read their windows back, which has a limit of its own.
    seen = session.isFlowing() ? seenOf(lanes, lags, seen) : nothingSeen();
    const lag = [...lags.values()].reduce((sum, one) => sum + one, 0);
    onLook({ lag: Math.max(lag, 0), hasMoved: seen.hasMoved });
    const stuck = [...seen.lanes].filter(([, { movedMs }]) => Date.now() - movedMs > allowedMs);
    if (stuck.length > 0) {
      const waiting = stuck.map(([partition]) => ({ partition, lag: lags.get(partition) ?? 0 }));
      failed.reject(stallOf(topic, waiting, allowedMs));
    }
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
  /** By partition, of the lanes that flow: where it stood, and when it last moved or had nothing to do. */
  lanes: ReadonlyMap<number, { position: bigint; movedMs: number }>;
  hasMoved: boolean;
  /** When it was looked. */
  atMs: number;
}

const nothingSeen = (): Seen => ({ lanes: new Map(), hasMoved: false, atMs: Date.now() });

/** Only what flowed at the last look can have moved since: where a lane begins, it was put. */
function seenOf(lanes: readonly Lane[], lags: ReadonlyMap<number, number>, before: Seen): Seen {
  const nowMs = Date.now();
  const seen = lanes.map(({ partition, position }) => {
    const known = before.lanes.get(partition);
    const hasMoved = known !== undefined && known.position !== position;
    const isWaiting = (lags.get(partition) ?? 0) > 0;
    const movedMs = hasMoved || !isWaiting ? nowMs : (known?.movedMs ?? before.atMs);
    return { partition, position, movedMs, hasMoved, standsStill: isWaiting && !hasMoved };
  });
  return {
    lanes: new Map(seen.map(({ partition, position, movedMs }) => [partition, { position, movedMs }])),
    hasMoved: seen.some((one) => one.hasMoved) && !seen.some((one) => one.standsStill),
    atMs: nowMs,
  };
}

/** By partition: the records that wait. */
function lagsOf(
  topic: string,
  session: Pick<Session, 'lanes'>,
  bounds: ReadonlyMap<number, Bounds>,
): Map<number, number> {
  const lanes = session.lanes();
  return new Map(
    lanes.map(({ partition, position }) => [
      partition,
      Number(ofPartition(bounds, topic, partition).high - position),
    ]),
  );
}

function stallOf(
  topic: string,
  stuck: readonly { partition: number; lag: number }[],
  allowedMs: number,
): MillraceError {
  const places = stuck.map(({ partition, lag }) => `${lag} records of ${topic}/${partition}`).join(', ');
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `${places} wait, and none of them was processed for ${allowedMs / 1000} s. The consumer is built anew.`,
    { context: { stalled: true, partitions: stuck.map(({ partition }) => partition) } },
  );
}

function positionsGone(topic: string, group: string): MillraceError {
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `The committed positions of group ${group} are gone while it runs: topic ${topic} was deleted and made anew. The consumer is built anew.`,
  );
}

function madeAnew(topic: string, was: 'read' | 'written to'): MillraceError {
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `Topic ${topic} was deleted while it was ${was}. The consumer is built anew.`,
  );
}

import type { KafkaClient } from '../clients/kafka.ts';
import { MillraceError } from '../errors.ts';
import type { Session } from './session.ts';

export interface Watch {
  /** Rejects when records wait and no lane has moved for the time allowed. */
  stalled: Promise<never>;
  end(): void;
}

/** What one look has found. */
export interface Look {
  /** Raw offsets not processed yet, over this process's partitions. */
  lag: number;
  hasMoved: boolean;
}

const LOOK_MS = 2_000;

/**
 * Looks every 2 s how far a session's lanes are behind.
 *
 * kafkajs can stand still on a partition without any error (half-open socket, aborted tail): only the lag tells.
 * @param allowedMs how long lag may last without progress
 */
export function watchSession(
  kafka: KafkaClient,
  topic: string,
  session: Session,
  allowedMs: number,
  onLook: (look: Look) => void,
): Watch {
  let onStalled: (error: MillraceError) => void = () => undefined;
  const stalled = new Promise<never>((_resolve, reject) => {
    onStalled = reject;
  });
  stalled.catch(() => undefined);
  let seen = '';
  let movedMs = Date.now();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  const look = async () => {
    const ends = await kafka.endOffsets(topic);
    const lanes = session.lanes();
    const positions = lanes.map(({ partition, position }) => `${partition}:${position}`).join();
    const lag = lanes.reduce(
      (sum, lane) => sum + Number((ends.get(lane.partition) ?? 0n) - lane.position),
      0,
    );
    const hasMoved = positions !== seen;
    if (hasMoved || lag <= 0) movedMs = Date.now();
    seen = positions;
    onLook({ lag: Math.max(lag, 0), hasMoved });
    if (Date.now() - movedMs > allowedMs) onStalled(stallOf(topic, lag, allowedMs));
  };
  const schedule = () => {
    if (isOver) return;
    // A look that fails says nothing about the lanes; whether Kafka answers, the session itself finds out.
    timer = setTimeout(
      () =>
        void look()
          .catch(() => undefined)
          .then(schedule),
      LOOK_MS,
    );
  };
  schedule();
  return {
    stalled,
    end() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

function stallOf(topic: string, lag: number, allowedMs: number): MillraceError {
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `${lag} records of ${topic} wait and none was processed for ${allowedMs / 1000} s. The consumer is built anew.`,
    { context: { stalled: true } },
  );
}

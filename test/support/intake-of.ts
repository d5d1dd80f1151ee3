import type { SupervisorStatus } from '../../src/clients/druid.ts';
import type { MendDeps } from '../../src/intake/index.ts';
import { namesFor } from '../../src/names.ts';
import { encodeCommit, NO_COUNTS } from '../../src/store/commit.ts';

/** One partition as a test has it. Offsets are of the clean topic. */
export interface PartOf {
  written?: bigint;
  /** Our consumer has committed nothing there, or that has expired. */
  isUncommitted?: boolean;
  /** How many clean events its counters know; none after a position was rebuilt. */
  counted?: number;
  low?: bigint;
  /** Behind the last record that can be read. */
  high?: bigint;
  /** Where the task began, and what it has read to. */
  from?: number;
  to?: number;
}

/** How a Kafka and a Druid stand at one moment: a stream of one task, in a topic with the id `one`. */
export interface Moment {
  parts: PartOf[];
  /** What the supervisor has met last; there is no task then. */
  error?: string;
  isPublishing?: boolean;
  isSuspended?: boolean;
  topicId?: string;
}

export interface FakeIntake {
  deps: MendDeps;
  /** Where Druid was reset to, each time. */
  resets: Record<number, bigint>[];
  /** How often the supervisor was asked. */
  looks: () => number;
}

const LATER = 1_000n;

/** Each look at Druid finds the next moment; the last one stays. */
export function intakeOf(moments: Moment[], { arrivedMs = 0, settledMs = 0 } = {}): FakeIntake {
  const resets: FakeIntake['resets'] = [];
  let looks = 0;
  const now = (): Moment => moments[Math.min(looks, moments.length - 1)] ?? { parts: [] };
  let seen = now();
  const by = <T>(value: (part: PartOf) => T) =>
    new Map(seen.parts.map((part, partition) => [partition, value(part)]));
  const offsets = (of: 'from' | 'to') =>
    Object.fromEntries(seen.parts.map((part, partition) => [partition, part[of] ?? part.from ?? 0]));
  const deps = {
    names: namesFor('unit'),
    kafka: {
      committed: async () => {
        seen = now();
        const committed = by(({ written = 0n, counted = 1 }) => ({
          offset: LATER,
          metadata: encodeCommit({
            clean: written,
            counts: { ...NO_COUNTS, raw: counted, clean: counted },
            newestMs: 0,
            cleanTopic: 'one',
          }),
        }));
        seen.parts.forEach(({ isUncommitted }, partition) => isUncommitted && committed.delete(partition));
        return committed;
      },
      bounds: async () => by(({ low = 0n, high = LATER }) => ({ low, high })),
      topicId: async () => now().topicId ?? 'one',
      readRange: async ({ from }, onRecords) => {
        onRecords([{ key: null, value: null, offset: String(from), timestamp: String(arrivedMs) }]);
      },
    },
    druid: {
      supervisorStatus: async () => {
        looks++;
        const task = { id: 'task', startingOffsets: offsets('from'), currentOffsets: {} };
        const status: SupervisorStatus = {
          state: 'RUNNING',
          healthy: true,
          suspended: seen.isSuspended === true,
          activeTasks: seen.error === undefined && seen.isPublishing !== true ? [task] : [],
          publishingTasks: seen.isPublishing === true ? [task] : [],
          recentErrors:
            seen.error === undefined ? [] : [{ message: seen.error, timestamp: new Date().toISOString() }],
        };
        return status;
      },
      taskOffsets: async () => ({ said: offsets('to') }),
      settledSince: async () => settledMs,
      lastFailure: async () => undefined,
      resetOffsets: async (_id, reset) => void resets.push(Object.fromEntries(reset.offsets)),
    },
  } satisfies MendDeps;
  return { deps, resets, looks: () => looks };
}

/** What Druid 33 says of a stored offset that Kafka no longer has. */
export function noLongerAvailable(partition: number, offset: number): string {
  return `org.apache.druid.java.util.common.ISE: Previous sequenceNumber [${offset}] is no longer available for partition [KafkaTopicPartition{partition=${partition}, topic='null', multiTopicPartition=false}]. You can clear the previous sequenceNumber and start reading from a valid message by using the supervisor's reset API.`;
}

import type { Calendar, StreamDefinition } from '../../definition/definition.ts';
import { addCounts, type Counts, NO_COUNTS } from '../../store/commit.ts';
import { bucketMsFor } from '../../store/marks/bucket.ts';
import type { LaneRules } from '../path/deps.ts';
import { compileEventJudge } from '../path/event/judge-event.ts';
import type { Session } from './session.ts';

/** A definition as it was applied, with the hash that says whether it changed. */
export interface AppliedStream {
  definition: StreamDefinition;
  hash: string;
  /** The tables that are loaded from it, and how: none unless told. */
  readers?: readonly { table: string; calendar: Calendar }[];
}

export interface StreamHealth {
  stream: string;
  /**
   * `waiting`: its topics are missing or unreadable, or Kafka refuses us or answers nothing; `recovering`: it failed and
   * is being built anew.
   */
  state: 'starting' | 'running' | 'recovering' | 'waiting' | 'stopped';
  /** Raw offsets not processed yet, over the partitions that this process holds; control records count. */
  lag: number;
  /** Over the partitions that this process holds, since the stream began. */
  counts: Counts;
  /** Partitions whose position was lost and rebuilt by this process: `counts` leave out what came before. */
  rebuilt?: number[];
  /** What stands in its way; absent while it runs. */
  error?: { code: string; message: string };
}

/** What a running stream remembers between two lives of its consumer. */
export interface StreamState {
  applied: AppliedStream;
  rules: LaneRules;
  session: Session | undefined;
  health: Omit<StreamHealth, 'stream' | 'counts' | 'rebuilt'>;
  rebuilt: Set<number>;
  /** Doubled by each stall: behind a producer's long transaction the consumer rightly stands still. */
  stallMs: number;
  pauseMs: number;
}

export const FIRST_PAUSE_MS = 250;
export const STALL_MS = 30_000;

export function newState(applied: AppliedStream): StreamState {
  return {
    applied,
    rules: rulesOf(applied),
    session: undefined,
    health: { state: 'starting', lag: 0 },
    rebuilt: new Set(),
    stallMs: STALL_MS,
    pauseMs: FIRST_PAUSE_MS,
  };
}

export function rulesOf(applied: AppliedStream): LaneRules {
  const { definition } = applied;
  const bucketLengthMs = bucketLengthOf(applied);
  return {
    judgeEvent: compileEventJudge(definition, bucketLengthMs),
    timeField: definition.time,
    bucketLengthMs,
  };
}

/** As fine as those who read the stream need the marks. */
export function bucketLengthOf({ readers = [] }: AppliedStream): number {
  return bucketMsFor(readers.map(({ calendar }) => calendar));
}

export function healthOf({ applied, session, health, rebuilt }: StreamState): StreamHealth {
  const counts = (session?.lanes() ?? []).map((lane) => lane.counts).reduce(addCounts, NO_COUNTS);
  const partitions = [...rebuilt].sort((a, b) => a - b);
  return {
    stream: applied.definition.name,
    ...health,
    counts,
    ...(partitions.length > 0 ? { rebuilt: partitions } : {}),
  };
}

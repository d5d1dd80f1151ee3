import type { NextOffsets, Positions } from './positions.ts';

/** What Druid says of a stored offset that Kafka no longer has, when it would start a task there. */
const NO_LONGER_THERE =
  /Previous sequenceNumber \[(?<offset>\d+)\] is no longer available for partition \[(?:KafkaTopicPartition\{partition=)?(?<partition>\d+)/;

/** It tries every 10 s, and does not take the error back when it has come to a task. */
const REPEATED_WITHIN_MS = 20_000;

/**
 * Where Druid's next task begins, as far as can be told: its store cannot be asked. While a task reads, it began there;
 * while one publishes, the offset is about to change; and without any, Druid names an offset that it cannot start from.
 */
export function storedIn({ supervisor, tasks }: Positions, nowMs: number): NextOffsets {
  if (tasks.some(({ isPublishing }) => isPublishing)) return new Map();
  const [task] = tasks;
  if (task !== undefined) return task.from;
  const last = supervisor.recentErrors.at(-1);
  const named = NO_LONGER_THERE.exec(last?.message ?? '')?.groups;
  if (named === undefined) return new Map();
  const ageMs = nowMs - Date.parse(last?.timestamp ?? '');
  const isOver = supervisor.detailedState === 'RUNNING' && !(ageMs < REPEATED_WITHIN_MS);
  return isOver ? new Map() : new Map([[Number(named['partition']), BigInt(named['offset'] ?? 0)]]);
}

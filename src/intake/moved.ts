import { goneIn } from './gone.ts';
import type { Part, Standing } from './standing.ts';
import { isBehind } from './unread.ts';

/** Partitions in which Druid has something left to read, or cannot begin at all. */
export function openIn({ parts, positions }: Standing): Part[] {
  const isIdle = positions.tasks.length === 0;
  return parts.filter((part) => isBehind(part) || (isIdle && goneIn({ parts: [part] }).length > 0));
}

/** Of these partitions, as they were: those in which Druid has not moved by now, as they are. */
export function unmovedIn({ parts }: Standing, before: readonly Part[]): Part[] {
  return parts.filter(({ partition, at = 0n }) =>
    before.some((part) => part.partition === partition && at <= (part.at ?? 0n)),
  );
}

/** A partition of a clean topic, of which it is known which one of that name it is. */
export interface MarkedPartition {
  stream: string;
  /** Kafka's id of the clean topic: offsets of one that was made anew must never be compared with these. */
  incarnation: string;
  partition: number;
}

/** What one lane notes of its clean partition. */
export interface MarksTrack {
  /** The bucket of event time that begins here (Unix ms) has a committed clean record at this offset. */
  note(startMs: number, lengthMs: number, offset: number): void;
  /** Everything before this clean offset has been noted. */
  advance(next: bigint): void;
  /** Where the rebuild has to start: how far MariaDB knows, 0 at first. Undefined: nothing is missing. */
  missingFrom(): Promise<bigint | undefined>;
  /** The rebuild has noted everything from there on: from now on the progress may move. */
  completed(): void;
}

/** What has been noted and is not written yet. */
export interface Pending extends MarkedPartition {
  /** By length of bucket, by its start: the last clean offset. */
  buckets: Map<number, Map<number, number>>;
  /** Everything before this clean offset has been noted. */
  next: bigint;
  /** Where this process began to note. */
  from: bigint;
  isComplete: boolean;
  /** The progress as this process last wrote it. */
  written: bigint;
}

export function trackOf(pending: Pending, progress: () => Promise<bigint>): MarksTrack {
  return {
    note: (startMs, lengthMs, offset) => raise(pending.buckets, lengthMs, startMs, offset),
    advance(next) {
      pending.next = next;
    },
    async missingFrom() {
      const from = await progress();
      if (from < pending.from) return from;
      pending.isComplete = true;
      return undefined;
    },
    completed() {
      pending.isComplete = true;
    },
  };
}

/** A lower offset never replaces a higher one. */
export function raise(buckets: Pending['buckets'], lengthMs: number, startMs: number, offset: number): void {
  let starts = buckets.get(lengthMs);
  if (starts === undefined) {
    starts = new Map<number, number>();
    buckets.set(lengthMs, starts);
  }
  const known = starts.get(startMs);
  if (known === undefined || known < offset) starts.set(startMs, offset);
}

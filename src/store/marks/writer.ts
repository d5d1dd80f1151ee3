import type { Database } from '../../clients/mariadb.ts';
import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Names } from '../../names.ts';
import { readProgress, writeMarks, writeProgress } from './statements.ts';
import { type MarkTables, markTables } from './tables.ts';
import { tendMarks } from './tend.ts';
import { type MarkedPartition, type MarksTrack, type Pending, raise, trackOf } from './track.ts';

/**
 * The high-water marks (contract 10 of `docs/contracts.md`): by stream, partition and bucket of event time, the newest
 * clean offset that brought an event of that time. A load that covered less is dirty.
 *
 * Written behind the event path: `note` only remembers, a timer writes, and a MariaDB that is down delays the
 * rows, never the events. What a crash loses is noted again from the clean topic, from the progress on.
 */
export interface MarksStore {
  /** Follows one partition from this clean offset on; what lies between the progress and it is `missing`. */
  track(partition: MarkedPartition, from: bigint): MarksTrack;
  /** Writes what is pending now. @throws MARIADB_UNAVAILABLE, and keeps it */
  flush(): Promise<void>;
  /** Drops and coarsens what is old. @throws MARIADB_UNAVAILABLE */
  tend(): Promise<void>;
  /** Stops the timer and writes once more. */
  stop(): Promise<void>;
}

const INTERVAL_MS = 500;
const RETRY_MS = 2_000;
const SILENT = { info: () => undefined, warn: () => undefined };

/** The marks of one env. The timer runs from the first `track` on. */
export function marksIn(
  db: Database,
  names: Pick<Names, 'storeSchema'>,
  log: Pick<Log, 'info' | 'warn'> = SILENT,
): MarksStore {
  const tables = markTables(names);
  const tracks = new Map<string, Pending>();
  let isDown = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const flush = () => (running = running.catch(() => undefined).then(() => writePending(db, tables, tracks)));
  const tick = async () => {
    try {
      await flush();
      if (isDown) log.info({}, 'marks are written again');
      isDown = false;
    } catch (error) {
      if (!isDown)
        log.warn({ error: messageOf(error) }, 'marks cannot be written; events go on, rows follow');
      isDown = true;
    }
  };
  const schedule = () => {
    if (isStopped) return;
    timer = setTimeout(() => void tick().then(schedule), isDown ? RETRY_MS : INTERVAL_MS);
  };

  return {
    track(partition, from) {
      const pending = pendingOf(tracks, partition, from);
      if (timer === undefined) schedule();
      return trackOf(pending, () => readProgress(db, tables, partition));
    },
    flush,
    tend: () => tendMarks(db, tables),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await tick();
    },
  };
}

function pendingOf(tracks: Map<string, Pending>, partition: MarkedPartition, from: bigint): Pending {
  const key = `${partition.stream}/${partition.incarnation}/${partition.partition}`;
  const pending: Pending = {
    ...partition,
    // What an earlier track could not write yet is still true.
    buckets: tracks.get(key)?.buckets ?? new Map<number, Map<number, number>>(),
    next: from,
    from,
    isComplete: false,
    written: -1n,
  };
  tracks.set(key, pending);
  return pending;
}

/** One transaction per partition: marks and progress stand together. */
async function writePending(db: Database, tables: MarkTables, tracks: Map<string, Pending>): Promise<void> {
  for (const pending of tracks.values()) {
    const { next, isComplete, buckets } = pending;
    const moves = isComplete && next > pending.written;
    if (buckets.size === 0 && !moves) continue;
    pending.buckets = new Map();
    try {
      await db.transaction(async (tx) => {
        await writeMarks(tx, tables, pending, buckets);
        if (moves) await writeProgress(tx, tables, pending, next);
      });
      if (moves) pending.written = next;
    } catch (error) {
      keep(pending, buckets);
      throw error;
    }
  }
}

/** Merges what could not be written with what came meanwhile. */
function keep(pending: Pending, unwritten: Pending['buckets']): void {
  for (const [lengthMs, starts] of unwritten) {
    for (const [startMs, offset] of starts) raise(pending.buckets, lengthMs, startMs, offset);
  }
}

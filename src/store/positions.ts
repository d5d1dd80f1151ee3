import type { Log } from '../log.ts';
import { type Database, type Scalar, identifier, placeholders } from '../clients/mariadb.ts';
import { messageOf } from '../errors.ts';
import type { Names } from '../names.ts';
import { dateTime } from './instants.ts';

/**
 * How far the clean topic has come, by stream, partition and hour of event time (contract 10): a load that
 * covered less than what stands here is dirty.
 *
 * Written behind the event path: `note` only remembers, a timer writes, and a MariaDB that is down delays the
 * rows, never the events. What a crash loses is noted again from the clean topic, up from the mark.
 */
export interface PositionsStore {
  /** Follows one partition from this clean offset on; what lies between the mark and it is `missing`. */
  track(stream: string, partition: number, from: bigint): PositionsTrack;
  /** Writes what is pending now. @throws MARIADB_UNAVAILABLE, and keeps it */
  flush(): Promise<void>;
  /** Stops the timer and writes once more. */
  stop(): Promise<void>;
}

export interface PositionsTrack {
  /** This hour (Unix ms) has a committed clean record at this offset. */
  note(hourMs: number, offset: number): void;
  /** Everything before this clean offset has been noted. */
  advance(next: bigint): void;
  /** Where the rebuild has to start: the mark in MariaDB, 0 without one. Undefined: nothing is missing. */
  missingFrom(): Promise<bigint | undefined>;
  /** The rebuild has noted everything up from the mark: from now on the mark may move. */
  completed(): void;
}

interface Pending {
  stream: string;
  partition: number;
  /** Last clean offset by hour, not written yet. */
  hours: Map<number, number>;
  /** Everything before this clean offset has been noted. */
  next: bigint;
  /** Where this process began to note. */
  from: bigint;
  isComplete: boolean;
  /** The mark as this process last wrote it. */
  written: bigint;
}

const INTERVAL_MS = 500;
const RETRY_MS = 2_000;
const ROWS_PER_STATEMENT = 500;
const SILENT = { info: () => undefined, warn: () => undefined };

/** The positions of one env. The timer runs from the first `track` on. */
export function positionsIn(
  db: Database,
  names: Pick<Names, 'storeSchema'>,
  log: Pick<Log, 'info' | 'warn'> = SILENT,
): PositionsStore {
  const tracks = new Map<string, Pending>();
  const tables = {
    positions: identifier(names.storeSchema, 'positions'),
    marks: identifier(names.storeSchema, 'position_marks'),
  };
  let isDown = false;
  let running: Promise<void> = Promise.resolve();

  const flush = () => (running = running.catch(() => undefined).then(() => writePending(db, tables, tracks)));
  const tick = async () => {
    try {
      await flush();
      if (isDown) log.info({}, 'positions are written again');
      isDown = false;
    } catch (error) {
      if (!isDown)
        log.warn({ error: messageOf(error) }, 'positions cannot be written; events go on, rows follow');
      isDown = true;
    }
  };
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const schedule = () => {
    if (isStopped) return;
    timer = setTimeout(() => void tick().then(schedule), isDown ? RETRY_MS : INTERVAL_MS);
  };

  return {
    track(stream, partition, from) {
      const key = `${stream}/${partition}`;
      const earlier = tracks.get(key);
      const pending: Pending = {
        stream,
        partition,
        // What an earlier track could not write yet is still true.
        hours: earlier?.hours ?? new Map<number, number>(),
        next: from,
        from,
        isComplete: false,
        written: -1n,
      };
      tracks.set(key, pending);
      if (timer === undefined) schedule();
      return trackOf(pending, () => readMark(db, tables.marks, stream, partition));
    },
    flush,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await tick();
    },
  };
}

function trackOf(pending: Pending, mark: () => Promise<bigint>): PositionsTrack {
  return {
    note(hourMs, offset) {
      const known = pending.hours.get(hourMs);
      if (known === undefined || known < offset) pending.hours.set(hourMs, offset);
    },
    advance(next) {
      pending.next = next;
    },
    async missingFrom() {
      const from = await mark();
      if (from < pending.from) return from;
      pending.isComplete = true;
      return undefined;
    },
    completed() {
      pending.isComplete = true;
    },
  };
}

interface Tables {
  positions: string;
  marks: string;
}

/** One transaction per partition: rows and mark stand together, and a lower offset never replaces a higher. */
async function writePending(db: Database, tables: Tables, tracks: Map<string, Pending>): Promise<void> {
  for (const pending of tracks.values()) {
    const { stream, partition, next, isComplete } = pending;
    const movesMark = isComplete && next > pending.written;
    if (pending.hours.size === 0 && !movesMark) continue;
    const hours = pending.hours;
    pending.hours = new Map();
    try {
      await db.transaction(async (tx) => {
        await writeHours(tx, tables.positions, stream, partition, [...hours]);
        if (movesMark) await writeMark(tx, tables.marks, stream, partition, next);
      });
      if (movesMark) pending.written = next;
    } catch (error) {
      for (const [hour, offset] of pending.hours) hours.set(hour, offset);
      pending.hours = hours;
      throw error;
    }
  }
}

async function writeHours(
  tx: Database,
  table: string,
  stream: string,
  partition: number,
  hours: readonly (readonly [hourMs: number, offset: number])[],
): Promise<void> {
  for (let at = 0; at < hours.length; at += ROWS_PER_STATEMENT) {
    const rows = hours.slice(at, at + ROWS_PER_STATEMENT);
    const values: Scalar[] = rows.flatMap(([hourMs, offset]) => [
      stream,
      partition,
      bucketOf(hourMs),
      offset,
    ]);
    await tx.execute(
      `INSERT INTO ${table} (stream, partition_no, bucket, clean_offset) VALUES ${placeholders(rows.length, 4)}
       ON DUPLICATE KEY UPDATE clean_offset = GREATEST(clean_offset, VALUES(clean_offset))`,
      values,
    );
  }
}

async function writeMark(tx: Database, table: string, stream: string, partition: number, next: bigint) {
  await tx.execute(
    `INSERT INTO ${table} (stream, partition_no, clean_offset) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE clean_offset = GREATEST(clean_offset, VALUES(clean_offset))`,
    [stream, partition, next],
  );
}

async function readMark(db: Database, table: string, stream: string, partition: number): Promise<bigint> {
  const [row] = await db.query(`SELECT clean_offset FROM ${table} WHERE stream = ? AND partition_no = ?`, [
    stream,
    partition,
  ]);
  // BIGINT is read as text; no row: nothing has been marked yet.
  const offset = row?.['clean_offset'];
  return typeof offset === 'string' ? BigInt(offset) : 0n;
}

/** MariaDB's DATETIME, in UTC. */
function bucketOf(hourMs: number): string {
  return dateTime(new Date(hourMs).toISOString());
}

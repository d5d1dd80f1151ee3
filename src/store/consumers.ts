import { hostname } from 'node:os';
import { identifier, placeholders, type Database, type Row, type Scalar } from '../clients/mariadb.ts';
import type { Names } from '../names.ts';
import { cutTo } from '../wording.ts';

/** What a worker with the role 'ingest' says of one stream. */
export interface ConsumerReport {
  stream: string;
  /**
   * `waiting`: its topics are missing or unreadable, or Kafka answers nothing; `recovering`: it failed and is being built
   * anew.
   */
  state: 'starting' | 'running' | 'recovering' | 'waiting' | 'stopped';
  /** What stands in its way; absent while it runs. */
  error?: { code: string; message: string };
}

/** A report, and who made it (`pid@host`). */
export interface KnownConsumer extends ConsumerReport {
  worker: string;
}

/** Older than this, a report is one of a worker that is gone. */
const FRESH_SECONDS = 15;
/** Nobody reads more of it. */
const MAX_MESSAGE_LENGTH = 2_000;
/** Reports of workers that never said goodbye are swept after this time. */
const KEPT_DAYS = 1;

/** Who consumes which stream, and how it fares: what `millrace status` shows. */
export function consumersIn(db: Database, names: Pick<Names, 'storeSchema'>) {
  const table = identifier(names.storeSchema, 'consumers');
  const worker = `${process.pid}@${hostname()}`;
  return {
    /** Says how this process's consumers fare; to be repeated well within 15 s. */
    async report(reports: readonly ConsumerReport[]): Promise<void> {
      if (reports.length === 0) return;
      const values = reports.flatMap(({ stream, state, error }): Scalar[] => {
        const { code = null, message = null } = error ?? {};
        return [stream, worker, state, code, message === null ? null : cutTo(MAX_MESSAGE_LENGTH, message)];
      });
      await db.execute(
        `REPLACE INTO ${table} (stream, worker, state, error_code, error_message) VALUES ${placeholders(reports.length, 5)}`,
        values,
      );
    },

    /** This process no longer consumes these streams; also sweeps what dead workers left. */
    async forget(): Promise<void> {
      await db.execute(
        `DELETE FROM ${table} WHERE worker = ? OR reported_at < UTC_TIMESTAMP() - INTERVAL ${KEPT_DAYS} DAY`,
        [worker],
      );
    },

    /** The reports of the workers that are alive. */
    async all(): Promise<KnownConsumer[]> {
      const rows = await db.query(
        `SELECT stream, worker, state, error_code, error_message FROM ${table}
         WHERE reported_at > UTC_TIMESTAMP(3) - INTERVAL ${FRESH_SECONDS} SECOND ORDER BY stream, worker`,
      );
      return rows.map((row) => ({
        stream: String(row['stream']),
        worker: String(row['worker']),
        state: row['state'] as ConsumerReport['state'],
        ...errorIn(row),
      }));
    },
  };
}

function errorIn({ error_code: code, error_message: message }: Row): Pick<ConsumerReport, 'error'> {
  return typeof code === 'string' ? { error: { code, message: String(message) } } : {};
}

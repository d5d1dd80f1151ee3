import type { Database } from '../../clients/mariadb.ts';
import { instantOf } from '../instants.ts';
import type { MarkTables } from './tables.ts';

/** One of the clean topics that a stream has had. */
export interface Incarnation {
  /** Kafka's id of the topic. */
  id: string;
  /** When its first mark was written: RFC 3339, UTC. */
  since: string;
}

/** The clean topics of a stream of which there are marks, the oldest first. */
export async function incarnationsOf(
  db: Database,
  { progress }: MarkTables,
  stream: string,
): Promise<Incarnation[]> {
  const rows = await db.query(
    `SELECT incarnation, MIN(first_at) AS since FROM ${progress} WHERE stream = ?
     GROUP BY incarnation ORDER BY since, incarnation`,
    [stream],
  );
  return rows.map((row) => ({ id: String(row['incarnation']), since: instantOf(row['since']) }));
}

import { dateTime } from '../instants.ts';
import type { Write } from './write.ts';

/**
 * The whole table is replaced by the staged rows: what the source gives no more is gone. A load that was begun before the
 * one whose rows stand there leaves them: its list is older.
 */
export const snapshot: Write = {
  async put(tx, { load, stage, table, columns, key, newestLoad, where, values }) {
    const newest = await newestLoad(tx);
    if (BigInt(newest) > BigInt(load.loadId)) return { replacedRows: 0, rows: 0 };
    const removed = await tx.execute(`DELETE FROM ${table}`);
    const added = await tx.execute(
      `INSERT INTO ${table} (${columns.join(', ')}, _interval_start, _load_id)
       SELECT ${columns.join(', ')}, ?, _load_id FROM ${stage} WHERE ${where} ORDER BY ${key.join(', ')}`,
      [dateTime(load.interval.start), ...values],
    );
    return { replacedRows: removed.affectedRows, rows: added.affectedRows };
  },
};

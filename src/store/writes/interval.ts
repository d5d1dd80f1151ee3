import { mariaDbErrno } from '../../clients/mariadb.ts';
import { MillraceError } from '../../errors.ts';
import { dateTime } from '../instants.ts';
import type { LoadKey } from '../loads.ts';
import type { Write } from './write.ts';

/** The rows of the interval are replaced by the staged ones: what vanished from the source vanishes. */
export const interval: Write = {
  async put(tx, { load, stage, table, columns, key, where, values }) {
    const start = dateTime(load.interval.start);
    const removed = await tx.execute(`DELETE FROM ${table} WHERE _interval_start = ?`, [start]);
    const added = await tx
      .execute(
        `INSERT INTO ${table} (${columns.join(', ')}, _interval_start, _load_id)
         SELECT ${columns.join(', ')}, ?, _load_id FROM ${stage} WHERE ${where} ORDER BY ${key.join(', ')}`,
        [start, ...values],
      )
      .catch((error: unknown) => {
        throw mariaDbErrno(error) === DUPLICATE_KEY ? keyTaken(load, error) : error;
      });
    return { replacedRows: removed.affectedRows, rows: added.affectedRows };
  },
};

/** ER_DUP_ENTRY. */
const DUPLICATE_KEY = 1062;

/** Since the checks. */
function keyTaken(load: LoadKey, cause: unknown): MillraceError {
  return new MillraceError(
    'LOAD_KEY_TAKEN',
    `${load.table} ${load.interval.start}: another interval took a key of this load while it was being checked. Nothing was loaded; the last good rows stay. Run it again to see which key.`,
    { cause, context: { table: load.table, interval: load.interval.start } },
  );
}

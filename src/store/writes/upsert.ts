import { dateTime } from '../instants.ts';
import type { Write } from './write.ts';

/**
 * Each staged row takes the place of the one with its key, unless that is newer by its time: in whatever order intervals
 * are loaded, the newest state of each key stays. Where two rows have one time, the load that comes later wins. Rows that
 * the source gives no more stay.
 */
export const upsert: Write = {
  async put(tx, { load, stage, table, columns, key, time, where, values }) {
    const start = dateTime(load.interval.start);
    const others = columns.filter((column) => column !== time && !key.includes(column));
    // Of a key that stands there twice, because the list moved while it was read, the newest row. The rest of the order
    // makes every try choose the same one.
    const newest = `SELECT ${columns.join(', ')}, _load_id FROM (
        SELECT *, ROW_NUMBER() OVER (PARTITION BY ${key.join(', ')}
          ORDER BY ${[time, ...others].map((column) => `${column} DESC`).join(', ')}) AS _nth
        FROM ${stage} WHERE ${where}) ranked WHERE _nth = 1`;
    const sameKey = key.map((column) => `t.${column} = s.${column}`).join(' AND ');
    const [before] = await tx.query(
      `SELECT COUNT(*) AS n FROM (${newest}) s JOIN ${table} t ON ${sameKey} WHERE t.${time} <= s.${time}`,
      values,
    );
    const isNewer = `VALUES(${time}) >= ${table}.${time}`;
    // Assigned from left to right: what is compared comes last.
    const replaced = [...others, '_interval_start', '_load_id', time].map(
      (column) => `${column} = IF(${isNewer}, VALUES(${column}), ${table}.${column})`,
    );
    await tx.execute(
      `INSERT INTO ${table} (${columns.join(', ')}, _interval_start, _load_id)
       SELECT ${columns.join(', ')}, ?, _load_id FROM (${newest}) s ORDER BY ${key.join(', ')}
       ON DUPLICATE KEY UPDATE ${replaced.join(', ')}`,
      [start, ...values],
    );
    const [after] = await tx.query(
      `SELECT COUNT(*) AS n FROM ${table} WHERE _interval_start = ? AND _load_id = ?`,
      [start, load.loadId],
    );
    return { replacedRows: Number(before?.['n']), rows: Number(after?.['n']) };
  },
};

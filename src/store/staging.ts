import { identifier, mariaDbErrno, placeholders, type Database, type Scalar } from '../clients/mariadb.ts';
import type { TableDefinition } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { dateTime } from './instants.ts';
import type { LoadKey } from './loads.ts';

/**
 * The staging table of one managed table, and the swap from it. Rows there carry the number of their load and
 * are read by nobody but the checks.
 */
export function stagingOf(definition: TableDefinition, names: Names) {
  const stage = identifier(names.storeSchema, names.stagingTable(definition.name));
  const table = identifier(names.schema, definition.name);
  const columns = definition.fields.map((field) => identifier(field.name));
  const key = definition.key.map((column) => identifier(column)).join(', ');
  const time = identifier(definition.time);
  return {
    /** Appends rows (values in the order of the fields), as one statement. */
    async append(tx: Database, loadId: string, rows: Scalar[][]): Promise<void> {
      if (rows.length === 0) return;
      await tx.execute(
        `INSERT INTO ${stage} (${columns.join(', ')}, _load_id) VALUES ${placeholders(rows.length, columns.length + 1)}`,
        rows.flatMap((row) => [...row, loadId]),
      );
    },

    /** Removes what a load has staged. @param within runs each part, for example in a transaction that is fenced */
    clear: (within: Within, loadId: string) => clearStage(within, stage, loadId),

    async count(on: Database, loadId: string): Promise<number> {
      const [row] = await on.query(`SELECT COUNT(*) AS n FROM ${stage} WHERE _load_id = ?`, [loadId]);
      return Number(row?.['n']);
    },

    /** A key that stands twice, with how often; undefined when every key is unique. */
    async repeatedKey(on: Database, loadId: string): Promise<Record<string, unknown> | undefined> {
      const rows = await on.query(
        `SELECT ${key}, COUNT(*) AS times FROM ${stage} WHERE _load_id = ? GROUP BY ${key} HAVING times > 1 LIMIT 1`,
        [loadId],
      );
      return rows[0];
    },

    /** A row whose time lies outside [from, to) (text as MariaDB compares it); undefined when there is none. */
    async rowOutside(
      on: Database,
      loadId: string,
      from: string,
      to: string,
    ): Promise<Record<string, unknown> | undefined> {
      const rows = await on.query(
        `SELECT ${key}, ${time} FROM ${stage} WHERE _load_id = ? AND (${time} < ? OR ${time} >= ?) LIMIT 1`,
        [loadId, from, to],
      );
      return rows[0];
    },

    /** A staged key that another interval owns, and that interval's start. */
    async foreignKey(on: Database, load: LoadKey): Promise<Record<string, unknown> | undefined> {
      const join = definition.key
        .map((column) => `t.${identifier(column)} = s.${identifier(column)}`)
        .join(' AND ');
      const keys = definition.key.map((column) => `s.${identifier(column)}`).join(', ');
      const rows = await on.query(
        `SELECT ${keys}, t._interval_start FROM ${stage} s JOIN ${table} t ON ${join} WHERE s._load_id = ? AND t._interval_start <> ? LIMIT 1`,
        [load.loadId, dateTime(load.interval.start)],
      );
      return rows[0];
    },

    /**
     * Replaces the interval's rows by the staged ones, within the caller's transaction.
     * @returns rows that were there before, and rows that are there now
     * @throws LOAD_KEY_TAKEN when another interval has taken a key since the checks
     */
    async replaceInterval(tx: Database, load: LoadKey): Promise<{ replacedRows: number; rows: number }> {
      const start = dateTime(load.interval.start);
      const removed = await tx.execute(`DELETE FROM ${table} WHERE _interval_start = ?`, [start]);
      const added = await tx
        .execute(
          `INSERT INTO ${table} (${columns.join(', ')}, _interval_start, _load_id)
           SELECT ${columns.join(', ')}, ?, _load_id FROM ${stage} WHERE _load_id = ? ORDER BY ${key}`,
          [start, load.loadId],
        )
        .catch((error: unknown) => {
          throw mariaDbErrno(error) === DUPLICATE_KEY ? keyTaken(load, error) : error;
        });
      return { replacedRows: removed.affectedRows, rows: added.affectedRows };
    },
  };
}

/** Runs one part of a piece of work. */
export type Within = (work: (on: Database) => Promise<boolean>) => Promise<boolean>;

/** What one statement removes: nobody waits long for the rows that it locks. */
const CLEARED_ROWS = 5_000;

/**
 * Removes what a load has staged, a part at a time. One load and a limit: so MariaDB finds the rows by their load,
 * where it would else read, and wait for, all that others stage.
 * @param stage the quoted name of the staging table
 */
export async function clearStage(within: Within, stage: string, loadId: string): Promise<void> {
  const clearPart = async (on: Database) => {
    const sql = `DELETE FROM ${stage} WHERE _load_id = ? LIMIT ${CLEARED_ROWS}`;
    return (await on.execute(sql, [loadId])).affectedRows < CLEARED_ROWS;
  };
  for (let isDone = false; !isDone;) isDone = await within(clearPart);
}

/** ER_DUP_ENTRY. */
const DUPLICATE_KEY = 1062;

function keyTaken(load: LoadKey, cause: unknown): MillraceError {
  return new MillraceError(
    'LOAD_KEY_TAKEN',
    `${load.table} ${load.interval.start}: another interval took a key of this load while it was being checked. Nothing was loaded; the last good rows stay. Run it again to see which key.`,
    { cause, context: { table: load.table, interval: load.interval.start } },
  );
}

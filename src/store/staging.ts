import { insertStatements } from '../clients/mariadb-insert.ts';
import { identifier, type Database, type Scalar } from '../clients/mariadb.ts';
import type { TableDefinition } from '../definition/definition.ts';
import { timeBounds } from '../definition/row-time.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { dateTime } from './instants.ts';
import type { LoadKey } from './loads.ts';
import { WRITES, writeNameOf } from './writes/index.ts';
import type { Put } from './writes/write.ts';

/**
 * The staging table of one managed table, and the swap from it. Rows there carry the number of their load and
 * are read by nobody but the checks.
 */
export function stagingOf(definition: TableDefinition, names: Names) {
  const stage = identifier(names.storeSchema, names.stagingTable(definition.name));
  const table = identifier(names.schema, definition.name);
  const columns = definition.fields.map((field) => identifier(field.name));
  const key = definition.key.map((column) => identifier(column));
  const time = identifier(definition.time ?? '');
  const isDropping = definition.kind === 'pull' && definition.outside === 'drop';
  /** The rows of a load that are for the table. */
  const taken = (load: LoadKey): { where: string; values: Scalar[] } =>
    isDropping
      ? {
          where: `_load_id = ? AND ${time} >= ? AND ${time} < ?`,
          values: [load.loadId, ...timeBounds(definition, load.interval)],
        }
      : { where: '_load_id = ?', values: [load.loadId] };
  return {
    /**
     * The statements that append rows (values in the order of the fields).
     * @param first the number of the first of these rows within the load
     * @param maxBytes what a statement may hold
     * @throws ROW_TOO_LARGE for a row that MariaDB does not take
     */
    appending: (loadId: string, rows: readonly Scalar[][], first: number, maxBytes: number): string[] =>
      insertStatements(
        { table: stage, columns: [...columns, '_load_id', '_row_id'] },
        rows.map((row, index) => [...row, loadId, first + index]),
        maxBytes,
        (row, bytes) => tooLarge(definition, row, bytes, maxBytes),
      ),

    /** Removes what a load has staged. @param within runs each part, for example in a transaction that is fenced */
    clear: (within: Within, loadId: string) => clearStage(within, stage, loadId),

    /** As {@link clear}, save its first rows. */
    trim: (within: Within, loadId: string, kept: number) => clearStage(within, stage, loadId, kept),

    async count(on: Database, loadId: string): Promise<number> {
      const [row] = await on.query(`SELECT COUNT(*) AS n FROM ${stage} WHERE _load_id = ?`, [loadId]);
      return Number(row?.['n']);
    },

    /** A key that stands twice, with how often; undefined when every key is unique. */
    async repeatedKey(on: Database, load: LoadKey): Promise<Record<string, unknown> | undefined> {
      const { where, values } = taken(load);
      const keys = key.join(', ');
      const rows = await on.query(
        `${SORTING} SELECT SQL_BIG_RESULT ${keys}, COUNT(*) AS times FROM ${stage} WHERE ${where} GROUP BY ${keys} HAVING times > 1 LIMIT 1`,
        values,
      );
      return rows[0];
    },

    /** A row whose time lies outside the interval, and that is not let go; undefined when there is none. */
    async rowOutside(on: Database, load: LoadKey): Promise<Record<string, unknown> | undefined> {
      if (isDropping) return undefined;
      const rows = await on.query(
        `SELECT ${key.join(', ')}, ${time} FROM ${stage} WHERE _load_id = ? AND (${time} < ? OR ${time} >= ?) LIMIT 1`,
        [load.loadId, ...timeBounds(definition, load.interval)],
      );
      return rows[0];
    },

    /** A staged key that another interval owns, and that interval's start. */
    async foreignKey(on: Database, load: LoadKey): Promise<Record<string, unknown> | undefined> {
      const { where, values } = taken(load);
      const join = key.map((column) => `t.${column} = s.${column}`).join(' AND ');
      const keys = key.map((column) => `s.${column}`).join(', ');
      const rows = await on.query(
        `SELECT ${keys}, t._interval_start FROM (SELECT * FROM ${stage} WHERE ${where}) s JOIN ${table} t ON ${join} WHERE t._interval_start <> ? LIMIT 1`,
        [...values, dateTime(load.interval.start)],
      );
      return rows[0];
    },

    /**
     * Gives the staged rows their place in the table, within the caller's transaction.
     * @returns rows that were there before in their place, and rows that are there now
     * @throws LOAD_KEY_TAKEN when another interval has taken a key since the checks
     */
    put: (tx: Database, load: LoadKey): Promise<Put> =>
      WRITES[writeNameOf(definition)].put(tx, {
        load,
        stage,
        table,
        columns,
        key,
        time,
        ...taken(load),
        newestLoad: (within) => newestLoad(within, names, definition.name),
      }),
  };
}

/**
 * Has MariaDB sort the keys themselves: by itself it counts them in a table on disk (a million keys: 13 s, sorted 1 s), or
 * sorts places of rows and reads those one by one (36 s) where a key may be a long text.
 */
const SORTING = 'SET STATEMENT max_length_for_sort_data = 65536 FOR';

/** Runs one part of a piece of work. */
export type Within = (work: (on: Database) => Promise<boolean>) => Promise<boolean>;

/** What one statement removes: nobody waits long for the rows that it locks. */
const CLEARED_ROWS = 5_000;

/**
 * Removes what a load has staged, a part at a time. One load and a limit: so MariaDB finds the rows by their load,
 * where it would else read, and wait for, all that others stage.
 * @param stage the quoted name of the staging table
 * @param kept how many of its first rows stay
 */
export async function clearStage(within: Within, stage: string, loadId: string, kept = 0): Promise<void> {
  // Not `>= 0` for all of them: a range waits for the rows of the load that comes next, and keeps others waiting.
  const [beyond, values] = kept === 0 ? ['', [loadId]] : [' AND _row_id >= ?', [loadId, kept]];
  const clearPart = async (on: Database) => {
    const sql = `DELETE FROM ${stage} WHERE _load_id = ?${beyond} LIMIT ${CLEARED_ROWS}`;
    return (await on.execute(sql, values)).affectedRows < CLEARED_ROWS;
  };
  for (let isDone = false; !isDone;) isDone = await within(clearPart);
}

function tooLarge(
  { kind, name, fields, key }: TableDefinition,
  row: readonly Scalar[],
  bytes: number,
  limit: number,
): MillraceError {
  const values = fields.map((field, index) => [field.name, row[index] ?? null] as const);
  const shown = Object.fromEntries(values.filter(([column]) => key.includes(column)));
  const [largest] = values.toSorted(([, a], [, b]) => lengthOf(b) - lengthOf(a));
  const size = new Intl.NumberFormat('en');
  return new MillraceError(
    'ROW_TOO_LARGE',
    `${kind} '${name}': the row ${JSON.stringify(shown)} takes ${size.format(bytes)} bytes (its largest field is ${largest?.[0]}), and MariaDB's max_allowed_packet is ${size.format(limit)}. Nothing was loaded. Raise it on the server, or leave the field out of the row.`,
    { context: { table: name, bytes, limit } },
  );
}

function lengthOf(value: Scalar): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : 0;
}

/** Of the loads that the ledger has of the table, the one that was begun last. Holds back others who ask the same. */
async function newestLoad(tx: Database, names: Names, table: string): Promise<string> {
  const [applied, ledger] = ['applied', 'ledger'].map((name) => identifier(names.storeSchema, name));
  await tx.query(`SELECT hash FROM ${applied} WHERE name = ? FOR UPDATE`, [table]);
  const [row] = await tx.query(`SELECT COALESCE(MAX(load_id), 0) AS newest FROM ${ledger} WHERE tbl = ?`, [
    table,
  ]);
  return String(row?.['newest']);
}

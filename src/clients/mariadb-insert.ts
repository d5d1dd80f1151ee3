import { escape } from 'mysql2';
import type { Database, Scalar } from './mariadb.ts';

/** Beyond a few thousand rows, and a few megabytes, a statement only grows. */
const MAX_ROWS = 1_000;
const MAX_BYTES = 8 * 1_048_576;

/** What the protocol and a later change of ours may need beside the text. */
const SPARE_BYTES = 1_024;

/** What a statement may hold: `max_allowed_packet` as the connections of this login have it. */
export async function packetBytes(on: Database): Promise<number> {
  const [row] = await on.query('SELECT @@max_allowed_packet AS bytes');
  return Number(row?.['bytes']);
}

/**
 * The statements that insert rows: each stays below what the server takes. A longer one would end the connection, now with
 * the reason, now without.
 *
 * @param into the quoted names of the table and its columns
 * @param maxBytes what a statement may hold
 * @param tooLarge makes the error for a row that no statement can hold
 */
export function insertStatements(
  into: { table: string; columns: readonly string[] },
  rows: readonly (readonly Scalar[])[],
  maxBytes: number,
  tooLarge: (row: readonly Scalar[], bytes: number) => Error,
): string[] {
  const head = `INSERT INTO ${into.table} (${into.columns.join(', ')}) VALUES `;
  const limit = maxBytes - SPARE_BYTES - Buffer.byteLength(head);
  const room = Math.min(limit, MAX_BYTES);
  const statements: string[] = [];
  let texts: string[] = [];
  let bytes = 0;
  const end = () => {
    if (texts.length > 0) statements.push(head + texts.join(','));
    [texts, bytes] = [[], 0];
  };
  for (const row of rows) {
    // As the driver itself writes values, which it does for a statement as a whole.
    const text = `(${row.map((value) => escape(value, true, 'Z')).join(',')})`;
    const length = Buffer.byteLength(text) + 1;
    if (length > limit) throw tooLarge(row, length);
    if (texts.length === MAX_ROWS || bytes + length > room) end();
    texts.push(text);
    bytes += length;
  }
  end();
  return statements;
}

import { escape } from 'mysql2';
import type { Database, Scalar } from './mariadb.ts';

/** Beyond a few thousand rows, and a few megabytes, a statement only grows. */
const MAX_ROWS = 1_000;
const MAX_BYTES = 8 * 1_048_576;

/** What the protocol and a later change of ours may need beside the text. */
const SPARE_BYTES = 1_024;

/**
 * Inserts rows by statements that the server takes: each stays below its `max_allowed_packet`, as this connection has it.
 * A longer one would end the connection, now with the reason, now without.
 * @param on a transaction, so that the rows come in together
 * @param into the quoted names of the table and its columns
 * @param tooLarge makes the error for a row that no statement can hold
 */
export async function insertRows(
  on: Database,
  into: { table: string; columns: readonly string[] },
  rows: readonly (readonly Scalar[])[],
  tooLarge: (row: readonly Scalar[], bytes: number, limit: number) => Error,
): Promise<void> {
  if (rows.length === 0) return;
  const limit = await packetBytes(on);
  const head = `INSERT INTO ${into.table} (${into.columns.join(', ')}) VALUES `;
  const room = Math.min(limit, MAX_BYTES) - Buffer.byteLength(head);
  let texts: string[] = [];
  let held = 0;
  const send = async () => {
    if (texts.length > 0) await on.execute(head + texts.join(','));
    [texts, held] = [[], 0];
  };
  for (const row of rows) {
    // As the driver itself writes values, which it does for a statement as a whole.
    const text = `(${row.map((value) => escape(value, true, 'Z')).join(',')})`;
    const bytes = Buffer.byteLength(text) + 1;
    if (bytes > limit - Buffer.byteLength(head)) throw tooLarge(row, bytes, limit + SPARE_BYTES);
    if (texts.length === MAX_ROWS || held + bytes > room) await send();
    texts.push(text);
    held += bytes;
  }
  await send();
}

/** What a statement may hold. */
async function packetBytes(on: Database): Promise<number> {
  const [row] = await on.query('SELECT @@max_allowed_packet AS bytes');
  return Number(row?.['bytes']) - SPARE_BYTES;
}

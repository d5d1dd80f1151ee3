import { crc32 } from 'node:zlib';
import { rowOf, type VendorRow } from './rows.ts';

/** What a set of rows comes to, whatever their order: every value of every row counts. As MariaDB shows it. */
export interface Sums {
  rows: string;
  ids: string;
  amount: string;
  quantity: string;
  nulls: string;
  earliest: string;
  latest: string;
  /** Of the rows' texts, each CRC-32, one upon the other by XOR. */
  checksum: string;
}

/** What the vendor's rows 1 to `count` come to. */
export function sumsOf(count: number): Sums {
  let [ids, cents, quantity, nulls, checksum] = [0, 0, 0, 0, 0];
  let [earliest, latest] = ['9', ''];
  for (let id = 1; id <= count; id++) {
    const row = rowOf(id);
    const at = shownTime(row);
    ids += id;
    cents += Math.round(Number(row.amount) * 100);
    quantity += row.quantity;
    nulls += row.note === null ? 1 : 0;
    if (at < earliest) earliest = at;
    if (at > latest) latest = at;
    checksum ^= crc32(textOf(row));
  }
  return {
    rows: String(count),
    ids: String(ids),
    amount: (cents / 100).toFixed(2),
    quantity: String(quantity),
    nulls: String(nulls),
    earliest,
    latest,
    checksum: String(checksum >>> 0),
  };
}

/** A row as {@link sumsSql} writes it. */
export function textOf(row: VendorRow): string {
  const { id, ref, amount, quantity, customer, note, is_paid } = row;
  const isPaid = is_paid ? 1 : 0;
  return [id, ref, shownTime(row), amount, quantity, customer.name, note ?? 'none', isPaid].join('|');
}

/**
 * The query whose one row is the {@link Sums} of a table.
 * @param table its quoted name
 * @param customer the column with the customer's name
 */
export function sumsSql(table: string, customer: string): string {
  const shown = (time: string) => `DATE_FORMAT(${time}, '${MARIADB_TIME}')`;
  const text = `CONCAT_WS('|', id, ref, ${shown('at')}, amount, quantity, ${customer}, COALESCE(note, 'none'), is_paid)`;
  return `SELECT COUNT(*) AS \`rows\`, SUM(id) AS ids, SUM(amount) AS amount, SUM(quantity) AS quantity,
    SUM(note IS NULL) AS nulls, ${shown('MIN(at)')} AS earliest, ${shown('MAX(at)')} AS latest,
    BIT_XOR(CRC32(${text})) AS checksum FROM ${table}`;
}

/** @throws naming each sum that is not exactly the expected one */
export function refuseWrong(what: string, found: Record<string, unknown>, expected: Sums): void {
  const wrong = Object.entries(expected).filter(([name, value]) => String(found[name]) !== value);
  if (wrong.length === 0) return;
  const named = wrong.map(([name, value]) => `${name} ${String(found[name])} instead of ${String(value)}`);
  throw new Error(`${what} did not bring what the vendor has: ${named.join(', ')}`);
}

/** Digits of microseconds, so that a column of any precision shows the same. */
const MARIADB_TIME = '%Y-%m-%d %H:%i:%s.%f';

function shownTime({ at }: VendorRow): string {
  return `${at.replace('T', ' ').replace('Z', '')}000`;
}

/** MariaDB's DATETIME reaches from year 1000 to 9999, in UTC. */
const EARLIEST_MS = Date.parse('1000-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Can MariaDB hold it? */
export function isStorable(unixMs: number): boolean {
  return unixMs >= EARLIEST_MS && unixMs <= LATEST_MS;
}

/**
 * An instant in the one form in which we write it: UTC, at least three digits of a second; equal instants are equal texts.
 *
 * @param unixMs of the whole second
 * @param fraction the digits of the second
 * @returns undefined where MariaDB cannot hold it
 */
export function instantText(unixMs: number, fraction = ''): string | undefined {
  if (!isStorable(unixMs)) return undefined;
  const digits = fraction.replace(/0+$/, '').slice(0, 9).padEnd(3, '0');
  return `${new Date(unixMs).toISOString().slice(0, 19)}.${digits}Z`;
}

/** RFC 3339 UTC → MariaDB's DATETIME text; with its milliseconds where it is asked for them. */
export function dateTime(instant: string, precision: 's' | 'ms' = 's'): string {
  return instant.replace('T', ' ').replace(precision === 'ms' ? /Z$/ : /(\.\d+)?Z$/, '');
}

/** MariaDB's DATETIME text → RFC 3339 UTC. */
export function instantOf(dateTimeText: unknown): string {
  return `${String(dateTimeText).replace(' ', 'T').replace(/\.0+$/, '')}Z`;
}

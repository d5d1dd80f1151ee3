/** RFC 3339 UTC → MariaDB's DATETIME text. */
export function dateTime(instant: string): string {
  return instant.replace('T', ' ').replace(/(\.\d+)?Z$/, '');
}

/** MariaDB's DATETIME text → RFC 3339 UTC. */
export function instantOf(dateTimeText: unknown): string {
  return `${String(dateTimeText).replace(' ', 'T').replace(/\.0+$/, '')}Z`;
}

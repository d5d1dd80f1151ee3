/** A row of other tables, for which a pull asks its source: its columns, times as RFC 3339 in UTC. */
export type TableRow = Readonly<Record<string, string | number | null>>;

/** The column for which a place such as `{id}` stands; undefined: it stands for none. */
export function columnNamed(place: string): string | undefined {
  return /^\{([a-z]\w*)\}$/.exec(place)?.[1];
}

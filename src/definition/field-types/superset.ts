/** A column as Superset is told of it. */
export interface SupersetType {
  type: string;
  /** Charts may put it on their time axis. */
  isTime: boolean;
}

/** Superset's own spelling of a type that a server names: upper case, and no display width of numbers. */
export function supersetType(serverType: string): SupersetType {
  const type = serverType.toUpperCase().replace(/^(\w*INT|DATETIME|TIMESTAMP)\(\d+\)/, '$1');
  return { type, isTime: /^(DATE|DATETIME|TIMESTAMP)$/.test(type) };
}

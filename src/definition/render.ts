import { MillraceError } from '../errors.ts';
import type { Interval } from './calendar.ts';
import type { SqlPart } from './definition.ts';

/** What stands in for a definition's references when its SQL is sent to a server. */
export interface SqlValues {
  /** The quoted name of what the definition `name` is called on that server. */
  read(name: string): string;
  /** The bounds that `${interval}` stands for, and the time column they apply to (`__time` in Druid). */
  interval?: Interval & { column: string };
}

/**
 * The SQL text for one server and one interval. The text itself is never parsed: only the references are replaced.
 *
 * `${interval}` becomes `(__time >= TIMESTAMP '2026-01-01 00:00:00' AND __time < TIMESTAMP '2026-01-01 01:00:00')`,
 * in UTC.
 *
 * @throws SQL_INVALID if the SQL holds `${interval}` and none is given · INTERVAL_INVALID for malformed bounds
 */
export function renderSql(parts: readonly SqlPart[], values: SqlValues): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return 'read' in part ? values.read(part.read) : renderInterval(values.interval);
    })
    .join('');
}

function renderInterval(interval: SqlValues['interval']): string {
  if (interval === undefined) {
    throw new MillraceError(
      'SQL_INVALID',
      'The SQL holds ${interval}, but is not run for an interval; leave it out.',
    );
  }
  const { column, start, end } = interval;
  return `(${column} >= ${timestamp(start)} AND ${column} < ${timestamp(end)})`;
}

function timestamp(instant: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})Z$/.exec(instant);
  if (match === null) {
    throw new MillraceError(
      'INTERVAL_INVALID',
      `'${instant.slice(0, 40)}' does not bound an interval; write it as '2026-01-31T05:00:00Z'.`,
    );
  }
  return `TIMESTAMP '${match[1]} ${match[2]}'`;
}

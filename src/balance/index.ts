import { bucketMsFor } from '../store/marks/bucket.ts';
import { auditedStream } from './audited.ts';
import { countingColumns, unmarkedRollups } from './books/rollups.ts';
import { calendarsOf, finest } from './calendars.ts';
import { compareBooks } from './compare/books.ts';
import type { BalanceDeps } from './deps.ts';
import type { Grid } from './event-time.ts';
import { readBooks } from './read-books.ts';
import { merged, type Balance } from './report.ts';

export type { BalanceDeps } from './deps.ts';
export { isBalanced, type Balance } from './report.ts';

/** Half-open range of event time, RFC 3339; a bound that is absent leaves that side open. */
export interface BalanceRange {
  from?: string | undefined;
  to?: string | undefined;
}

/**
 * Holds the books of a stream against each other: its counters, its three topics, Druid's rows, and the columns of
 * rollups that count its events.
 *
 * The cut. Events may flow meanwhile. First the loaded intervals are read, with their coverage. Then the clean topic is
 * read to its end of that moment (the first cut). Druid is waited for until it has all of that, and asked. Then the
 * clean topic is read on to where it ends by then (the second cut). So Druid must have all events up to the first cut,
 * and none from behind the second; where no event came in between, that is one number. Counters are compared with the
 * records before the clean and the raw offset of one and the same commit: those move together, whatever flows.
 *
 * A server that does not answer is named among what is unknown; the rest is compared.
 * @throws TABLE_UNKNOWN · MARIADB_UNAVAILABLE, as nothing is known then · INPUT_INVALID for event times spread too far
 */
export async function balance(
  deps: BalanceDeps,
  name: string,
  { from, to }: BalanceRange = {},
): Promise<Balance> {
  const applied = await deps.catalogue.all();
  const audited = await auditedStream(deps, applied, name);
  const calendars = calendarsOf(name, applied.values());
  const grid: Grid = {
    lengthMs: bucketMsFor(calendars),
    fromMs: from === undefined ? -Infinity : Date.parse(from),
    toMs: to === undefined ? Infinity : Date.parse(to),
  };
  const columns = await countingColumns(deps, name, applied.values(), grid);
  const { unknown, ...books } = await readBooks(deps, audited, { grid, columns });
  const datasource = deps.names.datasource(audited.stream);
  const compared = compareBooks(datasource, { ...books, columns, calendar: finest(calendars) });
  const notes = unmarkedRollups(name, applied.values()).map(
    (table) =>
      `${table} was not compared: it marks no column that counts the events (counts: { column: ${name} })`,
  );
  const found = merged([{ unknown, notes }, compared]);
  return { stream: name, from: from ?? null, to: to ?? null, totals: compared.totals, ...found };
}

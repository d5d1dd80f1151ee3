import type { Calendar } from '../../definition/definition.ts';
import type { CleanBook } from '../books/clean.ts';
import { byInterval, intervalAt, sum, type CountsByTime } from '../event-time.ts';
import { noFindings, type Findings } from '../report.ts';

interface DruidBooks {
  clean: Pick<CleanBook, 'events' | 'arrived'>;
  druid: CountsByTime;
  datasource: string;
  /** The intervals to name. */
  calendar: Calendar;
  /** Unix ms: retention has removed clean records of events before; absent: none. */
  exactFromMs?: number | undefined;
}

/**
 * Holds Druid's rows against the clean events, interval by interval. Druid was asked between the two cuts: it must have
 * all events up to the first, and none from behind the second. Where nothing came in between, that is one number.
 */
export function compareDruid({ clean, druid, datasource, calendar, exactFromMs }: DruidBooks): Findings {
  const found = noFindings();
  const [events, arrived, rows] = [clean.events, clean.arrived, druid].map((book) =>
    byInterval(book, calendar),
  ) as [CountsByTime, CountsByTime, CountsByTime];
  const starts = [...new Set([...events.keys(), ...arrived.keys(), ...rows.keys()])].sort((a, b) => a - b);
  for (const startMs of starts) {
    const least = events.get(startMs) ?? 0;
    const most = least + (arrived.get(startMs) ?? 0);
    const present = rows.get(startMs) ?? 0;
    const isWhole = exactFromMs === undefined || startMs >= exactFromMs;
    if (present >= least && (present <= most || !isWhole)) continue;
    const { start, end } = intervalAt(calendar, startMs);
    found.differences.push({
      side: datasource,
      interval: { start, end },
      partition: null,
      expected: present < least ? least : most,
      found: present,
      ...(present < least ? LACKS : HAS_MORE),
    });
  }
  if (arrived.size > 0) found.notes.push(moving(arrived, calendar));
  if (exactFromMs !== undefined) found.notes.push(exactFrom(exactFromMs));
  return found;
}

const LACKS = {
  means:
    "Druid lacks events that stand in the clean topic: a segment was taken out of use, a drop rule applied, or its supervisor's offsets were moved past them.",
  remedy:
    "Put the segments back into use; else have the topic read anew (docs/guide.md, 'Books that do not balance').",
};
const HAS_MORE = {
  means:
    'Druid has rows more than the clean topic has events: its supervisor was reset and read records twice, or somebody else fills the datasource.',
  remedy: "Have the topic read anew into an empty datasource (docs/guide.md, 'Books that do not balance').",
};

function moving(arrived: CountsByTime, calendar: Calendar): string {
  const first = intervalAt(calendar, Math.min(...arrived.keys())).start;
  return `${sum(arrived)} events arrived meanwhile (in ${arrived.size} intervals, the first at ${first}): there, Druid is exact to within their number`;
}

function exactFrom(ms: number): string {
  return Number.isFinite(ms)
    ? `retention has removed clean records that arrived before ${new Date(ms).toISOString()}: of intervals that begin earlier, only what Druid lacks shows`
    : 'retention has removed all clean records of a partition: only what Druid lacks shows';
}

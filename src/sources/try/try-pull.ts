import type { Interval } from '../../definition/calendar.ts';
import type { PullDefinition } from '../../definition/definition.ts';
import { storedRow } from '../../definition/row.ts';
import { timeBounds } from '../../definition/row-time.ts';
import { compileValidator } from '../../definition/validator.ts';
import type { StoredValue } from '../../definition/field-types/meaning.ts';
import type { OpenSource } from '../index.ts';
import type { OutsideDeps } from '../../load/deps.ts';
import type { Load } from '../../load/messages.ts';
import { fieldLooker, type SeenField } from './seen-fields.ts';

/** What a pull has given, without a table to put it into. */
export interface Tried {
  table: string;
  interval: Interval;
  /** Records that were read; all there are where `isWhole`. */
  records: number;
  isWhole: boolean;
  pages: number;
  /** Rows outside the interval, where the definition lets them go; they are none of `rows`. */
  dropped: number;
  requests: number;
  bytes: number;
  seconds: number;
  /** The first of them, as the table would hold them. */
  rows: Record<string, StoredValue>[];
  /** What would fail a load. */
  problems: string[];
  /** What stands in the records, and the field that would take it. */
  seen: SeenField[];
}

const SHOWN = 10;

/**
 * Asks a pull's source for one interval, as a load does, and judges its rows. Of our servers MariaDB alone is asked, for rows
 * of `forEach`.
 *
 * @param maxPages after which it has seen enough
 * @throws what the source throws
 */
export async function tryPull(
  definition: PullDefinition,
  interval: Interval,
  source: OpenSource<OutsideDeps>,
  { deps, maxPages, signal }: { deps: OutsideDeps; maxPages: number; signal: AbortSignal },
): Promise<Tried> {
  const began = performance.now();
  const counts = { requests: 0, bytes: 0, pages: 0, records: 0, outside: 0, misfits: 0 };
  const answered = ({ bytes }: { bytes: number }) => {
    counts.requests++;
    counts.bytes += bytes;
  };
  const validate = compileValidator(definition.fields, source.reading);
  const isInside = insideOf(definition, interval);
  const isDropping = definition.outside === 'drop';
  const looker = fieldLooker(source.reading.isText === true);
  const rows: Tried['rows'] = [];
  const misfits: string[] = [];
  const keys = keyLooker(definition);
  let isWhole = true;
  const ask = {
    ...{ deps: { ...deps, answered }, definition, load: loadOf(definition, interval), attempt: 1 },
    // As the last try of a load: what may pass is said at once.
    ...{ tries: Number.MAX_SAFE_INTEGER, coverage: {}, from: undefined, rows: 0, signal },
  };
  for await (const { records, walk } of source.fetch(ask)) {
    if (walk !== undefined) counts.pages++;
    for (const record of records) {
      looker.look(record);
      const judged = validate(record);
      const index = counts.records++;
      if (!judged.ok) {
        if (counts.misfits++ < SHOWN)
          misfits.push(`${source.misfit(index).record}: ${judged.problems.join('; ')}`);
        continue;
      }
      const stored = storedRow(definition.fields, judged.value);
      const row = Object.fromEntries(definition.fields.map(({ name }, at) => [name, stored[at] ?? null]));
      if (!isInside(row)) {
        counts.outside++;
        if (isDropping) continue;
      }
      keys.look(row);
      if (rows.length < SHOWN) rows.push(row);
    }
    if (walk?.next !== undefined && counts.pages >= maxPages) {
      isWhole = false;
      break;
    }
  }
  return {
    table: definition.name,
    interval,
    isWhole,
    records: counts.records,
    pages: counts.pages,
    dropped: isDropping ? counts.outside : 0,
    requests: counts.requests,
    bytes: counts.bytes,
    seconds: Math.round(performance.now() - began) / 1_000,
    rows,
    problems: [
      ...misfits,
      ...(counts.misfits > SHOWN
        ? [`${counts.misfits} of ${counts.records} records do not fit, of which these are the first ${SHOWN}`]
        : []),
      ...problemsOf(definition, interval, { ...counts, isWhole }),
      ...keys.problems(),
    ],
    seen: looker.seen(),
  };
}

function problemsOf(
  { minRows, outside: isOutside, time }: PullDefinition,
  { start, end }: Interval,
  { outside, records, isWhole }: { outside: number; records: number; isWhole: boolean },
): string[] {
  return [
    ...(outside > 0 && isOutside !== 'drop'
      ? [
          `${outside} of ${records} rows have their ${time} outside [${start}, ${end}): ask for the interval alone, or give outside: 'drop'`,
        ]
      : []),
    ...(isWhole && records < minRows
      ? [`${records} rows are fewer than minRows: ${minRows}; where that is normal, give minRows: 0`]
      : []),
  ];
}

/** A key that comes twice, which a load refuses; an upsert takes the newest of such rows. */
function keyLooker({ key, write }: PullDefinition) {
  const seen = new Set<string>();
  let twice: string | undefined;
  return {
    look(row: Record<string, StoredValue>): void {
      const values = JSON.stringify(Object.fromEntries(key.map((column) => [column, row[column]])));
      if (seen.has(values)) twice ??= values;
      if (write !== 'upsert') seen.add(values);
    },
    problems: (): string[] => [
      ...(twice === undefined
        ? []
        : [
            `two rows have one key: ${twice}; name the columns in key by which rows differ, or give write: 'upsert' where the newest of them counts`,
          ]),
    ],
  };
}

/** Does a row belong to the interval? Those of a snapshot all do. */
function insideOf(
  definition: PullDefinition,
  interval: Interval,
): (row: Record<string, StoredValue>) => boolean {
  const { time, write } = definition;
  if (time === undefined || write === 'snapshot') return () => true;
  const [from, to] = timeBounds(definition, interval);
  return (row) => String(row[time]) >= from && String(row[time]) < to;
}

/** As far as a source looks at it. */
function loadOf({ name, kind }: PullDefinition, interval: Interval): Load {
  return {
    table: name,
    kind,
    interval,
    definitionHash: '',
    slot: interval.end,
    workflowId: '',
    trigger: 'manual',
    loadId: '0',
    streams: [],
  };
}

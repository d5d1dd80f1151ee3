import { z } from 'zod';
import { instantMs } from '../definition/calendar.ts';
import type { Field, PullDefinition, WriteName } from '../definition/definition.ts';
import { columnNamed } from '../definition/table-row.ts';
import { DEFAULTS } from '../definition/kinds.ts';
import { declare, type Declared, type Report } from './declared.ts';
import { shown } from '../wording.ts';
import { TABLE, tableFacts, type TableOptions } from './table.ts';
import { readOneOf, type Alternative, type OneOf, type OptionsOf } from './one-of.ts';
import { readOptions, text, wants, wholeNumber, type Read } from './options.ts';
import { declaredIn, sqlParts, type SqlRules, type SqlText } from './sql.ts';
import type { Column } from './stream.ts';

/** The kinds of source that a pull may have, by the key of their options. */
type Sources = Readonly<Record<string, Alternative>>;

/** What the options of a source can count on. */
export interface AroundSource {
  /** Are there rows of `forEach`, for whose columns placeholders stand? */
  hasColumns: boolean;
}

/** A table, and exactly one source. */
export type PullOptions<Row extends z.ZodObject, Kinds extends Sources> = OneOf<OptionsOf<Kinds>> &
  Omit<TableOptions<Row>, 'time'> & {
    /**
     * The column that says to which interval a row belongs: a timestamp, or a date where the calendar is UTC days. With
     * `'upsert'` it also says which state of a key is newer. Default: none, which a snapshot alone may have.
     */
    time?: Column<Row>;
    /**
     * What a load may write. `'interval'`: the rows of its interval, which it replaces. `'upsert'`: single rows by their
     * key, for what changes, as orders and customers do; of each key the newest by `time` stays, in whatever order
     * intervals are loaded, and what the source gives no more stays, too. `'snapshot'`: the whole table, for a source that
     * always gives all; what it gives no more is gone. Default 'interval'.
     */
    write?: WriteName;
    /**
     * What becomes of rows whose `time` lies outside the interval: they `'fail'` the load, or are left out, for a source
     * that cannot be asked exactly (`since` without an upper bound). Default 'fail'.
     */
    outside?: 'fail' | 'drop';
    /**
     * The first interval that there is begins at it, or after it: RFC 3339, or a date in the calendar's zone. Nothing before
     * it is asked for. Default: none, and backfill goes back as far as it is told.
     */
    since?: string;
    /**
     * MariaDB SQL over other tables: the source is asked once for each row of it, whose columns stand in its texts as `{id}`
     * and in the row as `at('{id}', z.int())`. Rows that are alike count once. A load waits until the tables are as far as
     * its interval. Default: none, and the source is asked once.
     *
     * @example sql`SELECT id FROM ${customers}`
     */
    forEach?: SqlText;
    /** Fewer rows than this in an interval fail the load. Default 1: an empty answer is suspicious; 0 accepts it. */
    minRows?: number;
  };

const WRITE_NAMES = ['interval', 'upsert', 'snapshot'] as const satisfies WriteName[];
const OUTSIDE = ['fail', 'drop'] as const;

const OPTIONS = {
  ...TABLE,
  time: TABLE.time.optional(),
  write: z.enum(WRITE_NAMES, wants('a way to write', "'interval', 'upsert' or 'snapshot'")).optional(),
  outside: z.enum(OUTSIDE, wants('what becomes of such rows', "'fail' or 'drop'")).optional(),
  since: text("an instant, '2024-01-01T00:00:00Z', or a date, '2024-01-01'").optional(),
  forEach: z.unknown(),
  minRows: wholeNumber(0, 1_000_000_000, 'a number such as 1').optional(),
};

const FOR_EACH: SqlRules = {
  kind: 'pull',
  option: 'forEach',
  reads: ['pull', 'rollup', 'view', 'external'],
  interval: false,
  remedy: 'its events are in Druid; make a rollup of them and read that.',
};

/** The vocabulary's `pull` for these kinds of source. */
export function pullFrom<Kinds extends Sources>(sources: Kinds) {
  return <Row extends z.ZodObject>(name: string, options: PullOptions<Row, Kinds>): Declared<'pull'> =>
    declare('pull', name, (report) => build(name, options, sources, report), declaredIn(options?.forEach));
}

function build(
  name: string,
  options: object | undefined,
  sources: Sources,
  report: Report,
): PullDefinition | undefined {
  const itsSource = Object.fromEntries(Object.keys(sources).map((key) => [key, z.unknown()]));
  const read = readOptions({ ...OPTIONS, ...itsSource }, options, '', report);
  const facts = tableFacts(read, report);
  checkWrite(read, report);
  const forEach = read.forEach === undefined ? undefined : sqlParts(read.forEach, FOR_EACH, report);
  if (forEach === undefined) checkColumns(facts?.fields ?? [], report);
  const around: AroundSource = { hasColumns: forEach !== undefined };
  const source = readOneOf(sources, options ?? {}, '', report, around);
  if (facts === undefined || source === undefined) return undefined;
  return {
    kind: 'pull',
    name,
    ...facts,
    ...(read.write === undefined ? {} : { write: read.write }),
    ...(read.outside === undefined ? {} : { outside: read.outside }),
    ...(read.since === undefined ? {} : { since: read.since }),
    ...(forEach === undefined ? {} : { forEach }),
    ...{ [source.name]: source.facts },
    minRows: read.minRows ?? DEFAULTS.minRows,
  };
}

/** Without rows to be asked for, nothing has columns. */
function checkColumns(fields: readonly Field[], report: Report): void {
  for (const { name, at = '' } of fields) {
    if (columnNamed(at) === undefined) continue;
    report(`row.${name}`, `at('${at}', …) takes a column of forEach, which the pull does not give; give it.`);
  }
}

function checkWrite(read: Read<typeof OPTIONS>, report: Report): void {
  const { write, outside, time, since, every, key = [] } = read;
  if (write === 'snapshot' && outside !== undefined)
    report('outside', 'has no meaning for a snapshot, which is all rows whatever their time; leave it out.');
  if (write !== 'snapshot' && time === undefined)
    report('time', "is missing; give the name of a column, such as 'hour', or write: 'snapshot'.");
  if (write === 'upsert' && time !== undefined && key.includes(time))
    report(
      'key',
      `has '${time}', the time, so that no state of a thing takes the place of another; leave it out of the key.`,
    );
  if (since === undefined || every === undefined) return;
  try {
    instantMs(every, since);
  } catch {
    report('since', `${shown(since)} is no instant; give '2024-01-01T00:00:00Z' or the date '2024-01-01'.`);
  }
}

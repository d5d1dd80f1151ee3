import { z } from 'zod';
import { checkColumn } from './columns.ts';
import type { Report } from './declared.ts';
import type { Calendar, Field } from '../definition/definition.ts';
import { meaningOf, typesFor } from '../definition/field-types/index.ts';
import type { TypeMeaning } from '../definition/field-types/meaning.ts';
import { DEFAULTS } from '../definition/kinds.ts';
import type { Duration } from './duration.ts';
import type { Every } from './every.ts';
import { fieldsOf } from './fields.ts';
import {
  calendar,
  COMMON,
  commonFacts,
  duration,
  rowSchema,
  text,
  wants,
  type CommonOptions,
  type Read,
} from './options.ts';
import type { Column } from './stream.ts';

/** What every table says. */
export interface TableOptions<Row extends z.ZodObject> extends CommonOptions {
  /** The calendar: how the time line is cut into intervals. */
  every: Every;
  /** How long after its end an interval is due. Default: at once. */
  offset?: Duration;
  /** The column that says to which interval a row belongs: a timestamp, or a date where the calendar is UTC days. */
  time: Column<Row>;
  /** The columns of the primary key. */
  key: Column<Row>[];
  /** One row. The table's columns follow from it. */
  row: Row;
}

const COLUMN = text("the name of a column, such as 'hour'");

/** The options of {@link TableOptions}, for `readOptions`. */
export const TABLE = {
  ...COMMON,
  every: calendar(),
  offset: duration().optional(),
  time: COLUMN,
  key: z.array(COLUMN, wants('a list of columns', "the primary key, such as ['hour', 'origin']")),
  row: rowSchema('z.object({ hour: z.iso.datetime(), orders: z.int() })'),
};

interface TableFacts extends CommonOptions {
  calendar: Calendar;
  offsetMs: number;
  time?: string;
  key: string[];
  fields: Field[];
}

/** The facts of a table; undefined where one could not be read. Reports what does not fit together. */
export function tableFacts(
  read: Omit<Read<typeof TABLE>, 'time'> & { time?: string | undefined },
  report: Report,
): TableFacts | undefined {
  const { every, time, key, row } = read;
  const fields = row === undefined ? [] : fieldsOf(row, 'row', report);
  if (key !== undefined) checkKey(key, fields, report);
  if (time !== undefined) checkTime(time, fields, every, report);
  if (every === undefined || key === undefined || row === undefined) return undefined;
  return {
    ...commonFacts(read),
    calendar: every,
    offsetMs: read.offset ?? DEFAULTS.offsetMs,
    ...(time === undefined ? {} : { time }),
    key,
    fields,
  };
}

function checkKey(key: string[], fields: Field[], report: Report): void {
  if (key.length === 0) report('key', 'is empty; name the columns that identify a row.');
  for (const [index, name] of key.entries()) {
    if (key.indexOf(name) < index) report(`key.${index}`, `'${name}' is named twice; leave one out.`);
    else checkColumn(fields, name, { option: `key.${index}`, in: 'row', role: 'key' }, report);
  }
}

function checkTime(time: string, fields: Field[], every: Calendar | undefined, report: Report): void {
  checkColumn(fields, time, { option: 'time', in: 'row', role: 'rowTime' }, report);
  const field = fields.find(({ name }) => name === time);
  if (field === undefined || every === undefined || isFor(every, meaningOf(field))) return;
  const remedy = typesFor('rowTime').find((type) => isFor(every, type));
  report(
    'time',
    `'${time}' is a ${field.type}, which every.day() in UTC alone can use; make it ${remedy?.zod.calls[0]}.`,
  );
}

/** Can rows of the calendar's intervals have a time of this type? One that is no time at all was refused already. */
function isFor(every: Calendar, { roles }: TypeMeaning): boolean {
  return roles.rowTime?.calendars !== 'days in UTC' || (every.kind === 'day' && every.zone === 'UTC');
}

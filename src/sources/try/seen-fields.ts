import { ExactNumber } from '../../exact-number.ts';
import { digitsOf } from '../../definition/field-types/decimal-text.ts';

/** What was seen at one place of records. */
export interface SeenField {
  /** Keys with dots between them. */
  place: string;
  /** What its values are, as JSON has them: `whole number`, `string`, `null`. */
  kinds: string[];
  /** The field that would hold it: `author: at('user.login', z.string())`. */
  field: string;
}

/** Notes what records hold, to say how a row would take it. */
export interface Looker {
  look(record: unknown): void;
  /** In the order in which they were seen. */
  seen(): SeenField[];
}

/** Deeper, or more of them, nobody wants as columns. */
const MAX_DEPTH = 3;
const MAX_PLACES = 60;
/** So many values of a place tell what it is. */
const MAX_VALUES = 2_000;

interface Place {
  values: unknown[];
  times: number;
}

/** @param isText whether records hold texts alone, as those of CSV do */
export function fieldLooker(isText: boolean): Looker {
  const places = new Map<string, Place>();
  let records = 0;
  const note = (holder: object, around: string, depth: number): void => {
    for (const [key, value] of Object.entries(holder) as [string, unknown][]) {
      const place = around === '' ? key : `${around}.${key}`;
      if (isObject(value) && depth < MAX_DEPTH && Object.keys(value).length > 0) {
        note(value, place, depth + 1);
        continue;
      }
      const known = places.get(place);
      if (known === undefined && places.size >= MAX_PLACES) continue;
      const { values, times } = known ?? { values: [], times: 0 };
      if (values.length < MAX_VALUES) values.push(value);
      places.set(place, { values, times: times + 1 });
    }
  };
  return {
    look(record) {
      records++;
      if (isObject(record)) note(record, '', 1);
    },
    seen: () =>
      [...places].map(([place, { values, times }]) => ({
        place,
        kinds: [...new Set(values.map(kindOf)), ...(times < records ? ['absent'] : [])],
        field: fieldFor(place, values, { isText, isAbsent: times < records }),
      })),
  };
}

function isObject(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof ExactNumber) return 'number';
  if (typeof value === 'number') return Number.isInteger(value) ? 'whole number' : 'number';
  return typeof value;
}

function fieldFor(
  place: string,
  values: unknown[],
  { isText, isAbsent }: { isText: boolean; isAbsent: boolean },
): string {
  const name = place.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/^[^A-Za-z]+|_+$/g, '') || 'field';
  const given = values.filter((value) => value !== null);
  const type = `${typeFor(place, given, isText)}${given.length < values.length ? '.nullable()' : ''}`;
  const placed = name === place ? type : `at('${place.replaceAll("'", "\\'")}', ${type})`;
  return `${name}: ${placed}${isAbsent ? '.optional()' : ''}`;
}

function typeFor(place: string, values: unknown[], isText: boolean): string {
  if (values.length === 0) return 'z.string()';
  if (values.every((value) => typeof value === 'boolean')) return 'z.boolean()';
  if (values.every((value) => typeof value === 'string')) return textType(values, isText);
  if (values.every((value) => typeof value === 'number' || value instanceof ExactNumber)) {
    return numberType(place, values);
  }
  return 't.json()';
}

const TIMES: [shape: RegExp, type: string][] = [
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/, 'z.iso.datetime()'],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/, 'z.iso.datetime({ precision: 6 })'],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/, 'z.iso.datetime({ offset: true })'],
  [/^\d{4}-\d\d-\d\d$/, 'z.iso.date()'],
  [/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/, "t.local('Europe/Berlin')"],
];

function textType(values: string[], isText: boolean): string {
  const time = TIMES.find(([shape]) => values.every((value) => shape.test(value)));
  if (time !== undefined) return time[1];
  if (values.every((value) => /^-?\d+\.\d+$/.test(value))) return decimalType(values);
  if (values.every((value) => /^-?[1-9]\d{15,18}$/.test(value))) return 't.bigint()';
  if (isText && values.every((value) => /^-?(0|[1-9]\d{0,14})$/.test(value))) return 'z.int()';
  return 'z.string()';
}

/** With room for what is ten thousand times as large. */
function decimalType(values: string[]): string {
  const digits = values.map((value) => digitsOf(value));
  const whole = Math.max(...digits.map((one) => one?.whole.length ?? 0));
  const scale = Math.max(...values.map((value) => value.split('.')[1]?.length ?? 0));
  return `t.decimal(${Math.min(65, whole + 4 + scale)}, ${Math.min(38, scale)})`;
}

const LATEST_SECONDS = 4e9;

function numberType(place: string, values: unknown[]): string {
  const numbers = values.map(Number);
  const isWhole = values.every((value) => Number.isInteger(Number(value)));
  if (!isWhole) return 'z.number()';
  const isTime =
    /(^|[._])(at|ts|time|timestamp|created|updated|modified|date)$|(At|Time|Date|Timestamp)$/.test(place);
  if (isTime && numbers.every((number) => number > 1e9 && number < LATEST_SECONDS)) return 't.unix()';
  if (isTime && numbers.every((number) => number > 1e12 && number < LATEST_SECONDS * 1_000))
    return 't.unixMs()';
  return numbers.every((number) => Number.isSafeInteger(number)) ? 'z.int()' : 't.bigint()';
}

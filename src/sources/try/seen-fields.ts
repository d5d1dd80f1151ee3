import { ExactNumber } from '../../exact-number.ts';
import { FIELD_TYPES } from '../../definition/field-types/index.ts';
import type { SeenValues, TypeMeaning } from '../../definition/field-types/meaning.ts';

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
  const type = `${callFor({ place, values: given, isText })}${given.length < values.length ? '.nullable()' : ''}`;
  const placed = name === place ? type : `at('${place.replaceAll("'", "\\'")}', ${type})`;
  return `${name}: ${placed}${isAbsent ? '.optional()' : ''}`;
}

/** Where nothing but null was seen, anything may come. Texts beside numbers are JSON. */
function callFor(seen: SeenValues): string {
  if (seen.values.length === 0) return 'z.string()';
  const calls = FIELD_TYPES.toReversed().map((type: TypeMeaning) => type.guess?.(seen));
  return calls.find((call) => call !== undefined) ?? 't.json()';
}

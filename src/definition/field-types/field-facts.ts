/**
 * What a definition says of a field besides its type, as plain JSON. A type with parameters of its own (the digits of
 * a decimal) keeps them here, too: each one optional, and absent at its default.
 */
export interface FieldFacts {
  /** Of the column, too: letters, digits and `_`, at most 63, a letter first. */
  name: string;
  /** May be null: `.nullable()`. */
  nullable: boolean;
  /** May be absent, which means null: `.optional()`. */
  optional: boolean;
  /** The smallest number, the least length of a text: `.min()`. */
  min?: number;
  /** The largest number, the greatest length of a text: `.max()`. */
  max?: number;
  /** Numbers are larger than this one: `.gt()`. */
  exclusiveMin?: number;
  /** Numbers are smaller than this one: `.lt()`. */
  exclusiveMax?: number;
  /** Regular expression that a text must match: `.regex()`. */
  pattern?: string;
  /** The closed list of an enum: `z.enum([…])`. */
  values?: string[];
  /** A timestamp may carry an offset such as `+02:00`: `z.iso.datetime({ offset: true })`; absent: only `Z`. */
  offset?: true;
  /** A timestamp keeps microseconds: `{ precision: 6 }`; absent: milliseconds. */
  microseconds?: true;
  /** All digits of a decimal: `t.decimal(12, 2)`. */
  precision?: number;
  /** Those of its digits that stand behind the point. */
  scale?: number;
  /** The zone whose clock a local time was read from: `t.local('Europe/Berlin')`. */
  zone?: string;
  /** Where in the record it stands, keys with dots between them: `at('user.login', …)`; absent: under its name. */
  at?: string;
}

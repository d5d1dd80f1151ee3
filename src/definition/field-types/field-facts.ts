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
}

/**
 * What a definition says of a field besides its type, as plain JSON. A type with parameters of its own (the digits of
 * a decimal) keeps them here, too: each one optional, and absent at its default.
 */
export interface FieldFacts {
  name: string;
  /** May be null (`.nullable()`); a field of an event or row may also be absent (`.optional()`), which means null. */
  nullable: boolean;
  optional: boolean;
  /** Bounds, inclusive unless told: of the value for numbers, of the length for text. */
  min?: number;
  max?: number;
  exclusiveMin?: number;
  exclusiveMax?: number;
  /** Regular expression that a text must match. */
  pattern?: string;
  /** The closed list of an enum. */
  values?: string[];
  /** A timestamp may carry an offset such as `+02:00`; absent: only `Z`. */
  offset?: true;
}

import type { z } from 'zod';
import type { FieldFacts } from './field-facts.ts';

/** What is read of a zod schema's own description of itself. */
export interface ZodDef {
  type: string;
  format?: string;
  coerce?: boolean;
  catchall?: unknown;
  shape?: Record<string, z.core.$ZodType>;
  innerType?: z.core.$ZodType;
  entries?: Record<string, string | number>;
  checks?: ZodCheck[];
  offset?: boolean;
  local?: boolean;
  precision?: number | null;
  /** Ours: a type that zod has no word for. */
  own?: OwnType;
  /** Ours: where in the record the value stands, as `at` notes it. */
  at?: unknown;
}

/** A check as zod keeps it: what `.min()`, `.regex()`, `.refine()` and the like add to a schema. */
export interface ZodCheck {
  _zod: {
    def: {
      check: string;
      format?: string;
      pattern?: RegExp;
      minimum?: number;
      maximum?: number;
      length?: number;
      value?: number;
      inclusive?: boolean;
    };
  };
}

/** A type that zod has no word for, as a schema notes it: its name, and the facts of a field that it sets. */
export interface OwnType {
  type: string;
  facts: Partial<FieldFacts>;
  /** What is wrong with the arguments of its call, with the remedy. */
  problem?: string | undefined;
}

/** Told what is wrong with one field's schema, and what to write instead. */
export type Complain = (text: string) => void;

/** The schema's own description. */
export function defOf(schema: z.core.$ZodType): ZodDef {
  return schema._zod.def;
}

import type { z } from 'zod';
import type { Report } from './declared.ts';
import type { Field } from '../definition/definition.ts';
import { columnNameProblem } from './column-name.ts';
import type { FieldFacts } from '../definition/field-types/field-facts.ts';
import { FIELD_TYPES, UNREAD } from '../definition/field-types/index.ts';
import { shown } from '../wording.ts';
import { defOf, type Complain, type ZodDef } from '../definition/field-types/zod-def.ts';

/** Why each refused wrapper is refused, in the words of its remedy. */
const WRAPPER_REMEDY: Record<string, string> = {
  default: 'a default would invent values; use .nullable() or .optional()',
  prefault: 'a default would invent values; use .nullable() or .optional()',
  catch: 'a fallback would hide bad values; leave it out',
  pipe: 'a transform is code, and a schema is data; leave it out and convert in SQL',
  transform: 'a transform is code, and a schema is data; leave it out and convert in SQL',
  readonly: 'leave .readonly() out',
  object: "columns are flat; take inner values out with at('user.login', …), or keep all of it with t.json()",
  array: 'columns are flat; keep the list with t.json(), or leave it out',
  union: 'a column has one type; choose one',
  literal: 'use z.enum([…])',
  date: 'use z.iso.datetime()',
  bigint: 'use t.bigint()',
};

/**
 * The fields of a row or event schema: a closed subset of zod that maps to column types.
 *
 * Everything else is reported under `path`, as `row.windKph`, with what to write instead.
 */
export function fieldsOf(schema: z.core.$ZodType, path: string, report: Report): Field[] {
  const def = defOf(schema);
  if (def.type !== 'object') {
    report(path, `z.${def.type}() is not an object; write z.object({ … }).`);
    return [];
  }
  if (def.catchall !== undefined) report(path, 'is strict, loose or has a catch-all; write z.object({ … }).');
  if ((def.checks ?? []).length > 0)
    report(path, 'has a refine, which is code; leave it out and filter in SQL.');
  const entries = Object.entries(def.shape ?? {});
  if (entries.length === 0) report(path, 'has no fields; name at least one.');
  const seen = new Map<string, string>();
  return entries.map(([name, inner]) => {
    const complain: Complain = (text) => report(`${path}.${name}`, text);
    const problem = columnNameProblem(name, seen);
    if (problem !== undefined) complain(problem);
    return fieldOf(name, inner, complain);
  });
}

function fieldOf(name: string, schema: z.core.$ZodType, complain: Complain): Field {
  let def = defOf(schema);
  const facts: FieldFacts = { name, nullable: false, optional: false };
  readPlace(def, facts, complain);
  while (def.innerType !== undefined && (def.type === 'nullable' || def.type === 'optional')) {
    facts[def.type] = true;
    def = defOf(def.innerType);
    readPlace(def, facts, complain);
  }
  if (def.coerce) complain('z.coerce would guess; write the type that the source really sends.');
  const type = FIELD_TYPES.find(({ zod }) => zod.isSaidBy(def));
  if (type === undefined) complain(refusal(def));
  else type.zod.read(def, facts, complain);
  return { ...facts, type: type?.name ?? UNREAD };
}

/** What `at` has noted. */
function readPlace({ at }: ZodDef, facts: FieldFacts, complain: Complain): void {
  if (at === undefined) return;
  if (typeof at !== 'string' || at === '') {
    complain(
      `at(${shown(at)}, …) names no place; give keys with dots between them, such as at('user.login', z.string()).`,
    );
  } else if (facts.at !== undefined) complain('has two at(); write one.');
  else facts.at = at;
}

function refusal(def: ZodDef): string {
  const remedy = def.format === undefined ? WRAPPER_REMEDY[def.type] : FORMAT_REMEDY[def.type];
  const refused = def.format === undefined ? `z.${def.type}()` : `z.${def.format}()`;
  return `${refused} has no column type; ${remedy ?? `the types are ${allCalls()}`}.`;
}

const FORMAT_REMEDY: Record<string, string> = {
  string: 'use z.string(), with .regex() if need be',
  number: 'use z.number(), or z.int() with .min() and .max()',
};

/** `z.string(), z.enum() … and z.iso.date()`. */
function allCalls(): string {
  const calls = FIELD_TYPES.flatMap(({ zod }) => zod.calls);
  return `${calls.slice(0, -1).join(', ')} and ${calls.at(-1)}`;
}

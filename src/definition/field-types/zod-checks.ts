import type { FieldFacts } from './field-facts.ts';
import type { Complain, ZodCheck, ZodDef } from './zod-def.ts';

type CheckDef = ZodCheck['_zod']['def'];

/** Complains of every check: the type has none in the subset. */
export function refuseChecks({ checks = [] }: ZodDef, complain: Complain): void {
  for (const { _zod } of checks) refuseCheck(_zod.def, complain);
}

/** Takes the checks of a text or a number over into the field, and complains of those that it has no place for. */
export function readChecks({ checks = [] }: ZodDef, field: FieldFacts, complain: Complain): void {
  for (const { _zod } of checks) {
    if (!readCheck(field, _zod.def, complain)) refuseCheck(_zod.def, complain);
  }
}

/** Is this the check that `.int()` adds to a number? */
export function isWhole({ _zod: { def } }: ZodCheck): boolean {
  return def.check === 'number_format' && def.format === 'safeint';
}

/** Takes over one check; false where the subset has no place for it. */
function readCheck(field: FieldFacts, check: CheckDef, complain: Complain): boolean {
  switch (check.check) {
    case 'min_length':
      return raise(field, 'min', check.minimum);
    case 'max_length':
      return lower(field, 'max', check.maximum);
    case 'length_equals':
      return raise(field, 'min', check.length) && lower(field, 'max', check.length);
    case 'greater_than':
      return raise(field, check.inclusive ? 'min' : 'exclusiveMin', check.value);
    case 'less_than':
      return lower(field, check.inclusive ? 'max' : 'exclusiveMax', check.value);
    case 'number_format':
      // The type says it already.
      return isWhole({ _zod: { def: check } });
    case 'string_format':
      return check.format === 'regex' && readPattern(field, check.pattern, complain);
    default:
      return false;
  }
}

function readPattern(field: FieldFacts, pattern: RegExp | undefined, complain: Complain): boolean {
  if (pattern === undefined) return false;
  if (pattern.flags !== '')
    complain(`the flags of ${String(pattern)} are not kept; write it without '${pattern.flags}'.`);
  if (field.pattern !== undefined) complain('has two .regex(); write one.');
  field.pattern = pattern.source;
  return true;
}

function raise(field: FieldFacts, bound: 'min' | 'exclusiveMin', value: number | undefined): boolean {
  if (value === undefined) return false;
  field[bound] = Math.max(field[bound] ?? value, value);
  return true;
}

function lower(field: FieldFacts, bound: 'max' | 'exclusiveMax', value: number | undefined): boolean {
  if (value === undefined) return false;
  field[bound] = Math.min(field[bound] ?? value, value);
  return true;
}

function refuseCheck(check: CheckDef, complain: Complain): void {
  if (check.check === 'custom')
    return complain('a refine is code, and a schema is data; leave it out and filter in SQL.');
  if (check.check === 'overwrite')
    return complain('trim and the like change values; leave it out and convert in SQL.');
  const format = check.format ?? check.check.replaceAll('_', ' ');
  if (format === 'datetime' || format === 'date') return complain(`write z.iso.${format}() instead.`);
  complain(
    `the check '${format}' is not kept; use .min(), .max(), .gt(), .lt() or .regex(), or leave it out.`,
  );
}

import type { Report } from './declared.ts';
import type { Field } from '../definition/definition.ts';

/** A check as zod keeps it: what `.min()`, `.regex()`, `.refine()` and the like add to a schema. */
export interface Check {
  _zod: { def: CheckDef };
}

interface CheckDef {
  check: string;
  format?: string;
  pattern?: RegExp;
  minimum?: number;
  maximum?: number;
  length?: number;
  value?: number;
  inclusive?: boolean;
}

/** Reports every check: the type has none in the subset. */
export function refuseChecks(checks: readonly Check[] = [], report: Report): void {
  for (const { _zod } of checks) refuseCheck(_zod.def, report);
}

/** Takes the checks of a text or a number over into the field, and reports those that the subset has no place for. */
export function readChecks(field: Field, checks: readonly Check[] = [], report: Report): void {
  for (const { _zod } of checks) {
    if (!readCheck(field, _zod.def, report)) refuseCheck(_zod.def, report);
  }
}

/** Takes over one check; false where the subset has no place for it. */
function readCheck(field: Field, check: CheckDef, report: Report): boolean {
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
      if (check.format !== 'safeint') return false;
      field.type = 'integer';
      return true;
    case 'string_format':
      return check.format === 'regex' && readPattern(field, check.pattern, report);
    default:
      return false;
  }
}

function readPattern(field: Field, pattern: RegExp | undefined, report: Report): boolean {
  if (pattern === undefined) return false;
  if (pattern.flags !== '')
    report('', `the flags of ${String(pattern)} are not kept; write it without '${pattern.flags}'.`);
  if (field.pattern !== undefined) report('', 'has two .regex(); write one.');
  field.pattern = pattern.source;
  return true;
}

function raise(field: Field, bound: 'min' | 'exclusiveMin', value: number | undefined): boolean {
  if (value === undefined) return false;
  field[bound] = Math.max(field[bound] ?? value, value);
  return true;
}

function lower(field: Field, bound: 'max' | 'exclusiveMax', value: number | undefined): boolean {
  if (value === undefined) return false;
  field[bound] = Math.min(field[bound] ?? value, value);
  return true;
}

function refuseCheck(check: CheckDef, report: Report): void {
  if (check.check === 'custom')
    return report('', 'a refine is code, and a schema is data; leave it out and filter in SQL.');
  if (check.check === 'overwrite')
    return report('', 'trim and the like change values; leave it out and convert in SQL.');
  const format = check.format ?? check.check.replaceAll('_', ' ');
  if (format === 'datetime' || format === 'date') return report('', `write z.iso.${format}() instead.`);
  report(
    '',
    `the check '${format}' is not kept; use .min(), .max(), .gt(), .lt() or .regex(), or leave it out.`,
  );
}

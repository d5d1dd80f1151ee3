import type { Field } from '../definition/definition.ts';
import { meaningOf, typesFor } from '../definition/field-types/index.ts';
import type { Role } from '../definition/field-types/meaning.ts';
import type { Report } from './declared.ts';
import { didYouMean, shown } from '../wording.ts';

/** Where a column is named and what it must be. */
export interface ColumnRule {
  /** Path of the option that names it. */
  option: string;
  /** The option with the schema. */
  in: 'row' | 'event';
  /** What it is to serve as. */
  role: Role;
}

/** Reports a named column that does not exist, may be without a value, or has a type that cannot serve. */
export function checkColumn(fields: readonly Field[], name: string, rule: ColumnRule, report: Report): void {
  // A schema that could not be read was reported already.
  if (fields.length === 0) return;
  const field = fields.find((candidate) => candidate.name === name);
  if (field === undefined) {
    const names = fields.map((candidate) => candidate.name);
    const remedy = didYouMean(name, names) || `its fields are ${names.slice(0, 20).join(', ')}.`;
    return report(rule.option, `${shown(name)} is not a field of ${rule.in}; ${remedy}`);
  }
  if (field.nullable || field.optional) {
    const call = field.nullable ? '.nullable()' : '.optional()';
    report(rule.option, `'${name}' must always have a value; leave out ${call} in ${rule.in}.${name}.`);
  }
  if (meaningOf(field).roles[rule.role] === undefined) {
    const calls = typesFor(rule.role).map(({ zod }) => zod.calls[0]);
    const remedy = calls.join(', ').replace(/, ([^,]+)$/, ' or $1');
    report(rule.option, `'${name}' is a ${field.type} in ${rule.in}; it must be ${remedy}.`);
  }
}

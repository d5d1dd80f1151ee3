import { MillraceError } from '../../errors.ts';
import { bigint } from './bigint.ts';
import { boolean } from './boolean.ts';
import { date } from './date.ts';
import { decimal } from './decimal.ts';
import { integer } from './integer.ts';
import { json } from './json.ts';
import { local } from './local.ts';
import type { Role, TypeMeaning } from './meaning.ts';
import { number } from './number.ts';
import { text } from './text.ts';
import { timestamp } from './timestamp.ts';
import { unix, unixMs } from './unix.ts';

/** The types that a field can have, in the order in which messages list them. */
export const FIELD_TYPES = [
  text,
  integer,
  number,
  boolean,
  timestamp,
  date,
  decimal,
  bigint,
  json,
  unix,
  unixMs,
  local,
] as const;

/** The name of a type, as facts hold it. */
export type FieldType = (typeof FIELD_TYPES)[number]['name'];

const BY_NAME = Object.fromEntries(FIELD_TYPES.map((type) => [type.name, type])) as Record<
  FieldType,
  TypeMeaning
>;

/** Stands in for a type that a definition does not say rightly; the mistake is reported, and the facts are dropped. */
export const UNREAD: FieldType = FIELD_TYPES[0].name;

/** All that the field's type means. @throws WORKER_TOO_OLD of a type that only a newer version knows */
export function meaningOf({ type }: { type: FieldType }): TypeMeaning {
  if (Object.hasOwn(BY_NAME, type)) return BY_NAME[type];
  throw new MillraceError(
    'WORKER_TOO_OLD',
    `This worker's millrace does not know the type of field '${type}', which a newer version has applied. Upgrade the worker; the table keeps its last good rows.`,
    { context: { type } },
  );
}

/** Must numbers of such a row or event be read without loss? */
export function needExactNumbers(fields: readonly { type: FieldType }[]): boolean {
  return fields.some((field) => meaningOf(field).isExact === true);
}

/** The types that can serve as that. */
export function typesFor(role: Role): TypeMeaning[] {
  return FIELD_TYPES.filter((type: TypeMeaning) => type.roles[role] !== undefined);
}

import { boolean } from './boolean.ts';
import { date } from './date.ts';
import { integer } from './integer.ts';
import type { Role, TypeMeaning } from './meaning.ts';
import { number } from './number.ts';
import { text } from './text.ts';
import { timestamp } from './timestamp.ts';

/** The types that a field can have, in the order in which messages list them. */
export const FIELD_TYPES = [text, integer, number, boolean, timestamp, date] as const;

/** The name of a type, as facts hold it. */
export type FieldType = (typeof FIELD_TYPES)[number]['name'];

const BY_NAME = Object.fromEntries(FIELD_TYPES.map((type) => [type.name, type])) as Record<
  FieldType,
  TypeMeaning
>;

/** Stands in for a type that a definition does not say rightly; the mistake is reported, and the facts are dropped. */
export const UNREAD: FieldType = FIELD_TYPES[0].name;

/** All that the field's type means. */
export function meaningOf({ type }: { type: FieldType }): TypeMeaning {
  return BY_NAME[type];
}

/** The types that can serve as that. */
export function typesFor(role: Role): TypeMeaning[] {
  return FIELD_TYPES.filter((type: TypeMeaning) => type.roles[role] !== undefined);
}

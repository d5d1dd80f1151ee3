import type { Fields, Owned } from '../target.ts';
import { objectOf } from './object-names.ts';

/** By field: the type of its column, in Druid's words. */
type Types = Readonly<Record<string, unknown>>;

/**
 * The types that the fields of a datasource have had since it was made, those of fields that are declared no more
 * included: its segments hold them.
 */
export function typesHeld(owned: Owned, datasource: string): Types {
  let types: Types = {};
  for (const object of [objectOf('datasource', datasource), objectOf('supervisor', datasource)]) {
    const made = owned.get(object)?.made;
    types = { ...types, ...typesIn(made?.learned), ...typesIn(made?.fields) };
  }
  return types;
}

/** What is to be remembered of a datasource while it stands. */
export function remembered(held: Types, desired: Types): Fields {
  return { dimensions: { ...held, ...desired } };
}

export function typesIn(fields: Fields | undefined): Types {
  const dimensions = fields?.['dimensions'];
  return typeof dimensions === 'object' && dimensions !== null ? (dimensions as Types) : {};
}

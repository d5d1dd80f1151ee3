import type { Fields, Owned, Step } from '../target.ts';
import { datasourceOf, objectOf } from './object-names.ts';
import type { DesiredSupervisor, DruidObject } from './objects.ts';

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

/** Why a supervisor may not be posted: a column would hold values of two types. Undefined: it may. */
export function typeRefusal({ desired }: Step<DesiredSupervisor, DruidObject>): string | undefined {
  if (desired === undefined) return undefined;
  const types = typesIn(desired.fields);
  const changed = Object.entries(types).filter(
    ([name, type]) => Object.hasOwn(desired.held, name) && desired.held[name] !== type,
  );
  if (changed.length === 0) return undefined;
  const fields = changed.map(
    ([name, type]) => `${name} was ${String(desired.held[name])} and would be ${String(type)}`,
  );
  const datasource = datasourceOf(desired.object);
  return `Datasource '${datasource}' holds events of an earlier definition in which a field had another type: ${fields.join('; ')}. Give the field another name, or the stream another version; or drop the datasource first ('millrace apply --prune --drop-data' without the stream).`;
}

export function typesIn(fields: Fields | undefined): Types {
  const dimensions = fields?.['dimensions'];
  return typeof dimensions === 'object' && dimensions !== null ? (dimensions as Types) : {};
}

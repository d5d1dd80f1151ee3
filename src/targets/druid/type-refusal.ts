import type { Step } from '../target.ts';
import { datasourceOf } from './object-names.ts';
import type { DesiredSupervisor, DruidObject } from './objects.ts';
import { typesIn } from './types.ts';

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
  return `Datasource '${datasource}' holds events of an earlier definition in which a field had another type: ${fields.join('; ')}. Give the field another name, or the stream another version; or drop the datasource first ('npx millrace apply --prune --drop-data' without the stream).`;
}

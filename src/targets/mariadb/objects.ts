import { viewsInOrder } from '../../define/check.ts';
import { isTable, type TableDefinition, type ViewDefinition } from '../../definition/definition.ts';
import type { Desired, Known, Live } from '../target.ts';
import { desiredRights, type DesiredRight, type LiveRight } from './external-rights.ts';
import { desiredSchema } from './schema.ts';
import { stagingFields, tableFields, type TableFields } from './table-fields.ts';
import { viewSql } from './view-sql.ts';

export interface DesiredTable extends Desired {
  kind: 'table';
  definition: TableDefinition;
  fields: TableFields & { staging: TableFields };
}

export interface DesiredView extends Desired {
  kind: 'view';
  definition: ViewDefinition;
  fields: { security: string };
  /** Our own text; MariaDB shows its rewriting of it alone. */
  unseen: { sql: string };
}

export type DesiredObject = DesiredTable | DesiredView | DesiredRight | (Desired & { kind: 'schema' });

/** What stands under a name of ours, or of something that was ours. */
export type LiveObject = Live &
  (
    | { kind: 'table'; fields: Partial<TableFields> & { staging?: TableFields } }
    | { kind: 'view'; fields: { security: string; body: string; columns: Record<string, string> } }
    | { kind: 'schema' }
    | LiveRight
  );

/** The schema, the rights to tables in others, every managed table, and the views, each after what it reads. */
export function desiredObjects({ definitions, names }: Known): DesiredObject[] {
  const all = [...definitions.values()];
  const tables = all.filter(isTable).map((definition): DesiredTable => ({
    kind: 'table',
    object: definition.name,
    definition,
    fields: { ...tableFields(definition), staging: stagingFields(definition) },
  }));
  const views = viewsInOrder(all).map((definition): DesiredView => ({
    kind: 'view',
    object: definition.name,
    definition,
    // INVOKER: who may not read a table can not read it through our view either.
    fields: { security: 'INVOKER' },
    unseen: { sql: viewSql(definition, definitions, names.schema) },
  }));
  return [{ kind: 'schema', ...desiredSchema(names) }, ...desiredRights(all, names), ...tables, ...views];
}

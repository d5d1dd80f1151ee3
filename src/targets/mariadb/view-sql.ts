import { identifier } from '../../clients/mariadb.ts';
import type { Definition, ViewDefinition } from '../../definition/definition.ts';
import { renderSql } from '../../definition/render.ts';

/**
 * The SELECT of a view with the env's real names.
 * @param schemaOf overrides where an external table is looked for (the checks use stand-ins)
 */
export function viewSql(
  view: ViewDefinition,
  definitions: ReadonlyMap<string, Definition>,
  schema: string,
  isStandIn = false,
): string {
  return renderSql(view.sql, {
    read: (name) => {
      const read = definitions.get(name);
      const external = read?.kind === 'external' && !isStandIn ? read.schema : undefined;
      return identifier(external ?? schema, name);
    },
  });
}

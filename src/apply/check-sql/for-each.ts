import { identifier } from '../../clients/mariadb.ts';
import {
  ofKind,
  type Definition,
  type PullDefinition,
  type ViewDefinition,
} from '../../definition/definition.ts';
import { columnsUsed } from '../../sources/index.ts';

/** The pulls that ask their source once for each row of other tables. */
export function askedForEach(definitions: Definition[]): PullDefinition[] {
  return ofKind(definitions, 'pull').filter(({ forEach }) => forEach !== undefined);
}

/** The SQL of a pull's `forEach` as a view would have it, with the columns alone that the pull uses: each must be there. */
export function rowsAsked(pull: PullDefinition): ViewDefinition {
  const { name, forEach = [] } = pull;
  const used = columnsUsed(pull).map((column) => identifier(column));
  const columns = used.length === 0 ? '1' : used.join(', ');
  return { kind: 'view', name, sql: [`SELECT ${columns} FROM (`, ...forEach, ') AS for_each'] };
}

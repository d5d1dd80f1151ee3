import type { Database } from '../../clients/mariadb.ts';
import type { ExternalDefinition } from '../../definition/definition.ts';
import type { Names } from '../../names.ts';
import { problemOf, type Files, type SqlProblem } from './problem.ts';

/** Columns of a table in small letters, as one or several logins see them; none where they see no such table. */
export async function columnsSeen(
  logins: readonly Database[],
  names: Names,
  { name, schema = names.schema }: ExternalDefinition,
): Promise<Set<string>> {
  const sql =
    'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?';
  const rows = await Promise.all(logins.map((login) => login.query(sql, [schema, name])));
  return new Set(rows.flat().map((row) => String(row['name']).toLowerCase()));
}

/** Somebody else's table must be there, with the columns that the definition names. */
export function externalProblems(
  files: Files,
  names: Names,
  external: ExternalDefinition,
  seen: ReadonlySet<string>,
): SqlProblem[] {
  const { name, schema = names.schema, fields } = external;
  const problem = (said: string) => [problemOf('mariadb', files, external, said)];
  if (seen.size === 0) {
    return problem(`MariaDB has no table ${schema}.${name}; make it first (millrace only reads it)`);
  }
  const absent = fields.filter((field) => !seen.has(field.name.toLowerCase())).map((field) => field.name);
  if (absent.length === 0) return [];
  return problem(`${schema}.${name} has no column ${absent.join(', ')}; it has ${[...seen].join(', ')}`);
}

import type { ExternalDefinition } from '../../definition/definition.ts';
import { placeOf, type SqlCheck } from './problem.ts';

/** Somebody else's table must be there, with the columns that the definition names. */
export async function externalProblems(check: SqlCheck, externals: ExternalDefinition[]): Promise<string[]> {
  const { admin, names } = check;
  const problems: string[] = [];
  for (const external of externals) {
    const { name, schema = names.schema, fields } = external;
    const where = placeOf(check, external);
    const rows = await admin.query(
      'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?',
      [schema, name],
    );
    const live = new Set(rows.map((row) => String(row['name']).toLowerCase()));
    const absent = fields.filter((field) => !live.has(field.name.toLowerCase())).map((field) => field.name);
    if (live.size === 0) {
      problems.push(
        `${where}: MariaDB has no table ${schema}.${name}; make it first (millrace only reads it)`,
      );
    } else if (absent.length > 0) {
      problems.push(
        `${where}: ${schema}.${name} has no column ${absent.join(', ')}; it has ${[...live].join(', ')}`,
      );
    }
  }
  return problems;
}

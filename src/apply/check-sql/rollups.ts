import type { Definition, RollupDefinition, StreamDefinition } from '../../definition/definition.ts';
import { emptyStream } from '../../definition/empty-stream.ts';
import { meaningOf } from '../../definition/field-types/index.ts';
import { renderSql } from '../../definition/render.ts';
import { isMillraceError, messageOf } from '../../errors.ts';
import { placeOf, type SqlCheck } from './problem.ts';

/** What Druid says of each rollup's SQL, over a row of typed nulls in place of the stream. */
export async function rollupProblems(
  check: SqlCheck,
  definitions: ReadonlyMap<string, Definition>,
  rollups: RollupDefinition[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const rollup of rollups) {
    const sql = renderSql(rollup.sql, {
      read: (name) => emptyStream(definitions.get(name) as StreamDefinition),
      interval: { column: '__time', start: '2000-01-01T00:00:00Z', end: '2000-01-01T01:00:00Z' },
    });
    const where = `${placeOf(check, rollup)} · sql`;
    try {
      for await (const { columns } of check.druid.stream(sql, { queryId: `check-${rollup.name}` })) {
        problems.push(...columnProblems(rollup, columns).map((problem) => `${where}: ${problem}`));
      }
    } catch (error) {
      if (!isMillraceError(error, 'DRUID_QUERY_INVALID')) throw error;
      problems.push(`${where}: ${messageOf(error)}`);
    }
  }
  return problems;
}

function columnProblems(rollup: RollupDefinition, columns: { name: string; sqlType: string }[]): string[] {
  const problems: string[] = [];
  for (const { name, sqlType } of columns) {
    const field = rollup.fields.find((candidate) => candidate.name === name);
    if (!field)
      problems.push(
        `gives a column '${name}' that the row does not declare; declare it, or leave it out of the SELECT`,
      );
    else if (!meaningOf(field).druid.answers.test(sqlType)) {
      problems.push(
        `gives '${name}' as ${sqlType}, but the row declares it as ${field.type}; CAST it, or change the row`,
      );
    }
  }
  const given = new Set(columns.map(({ name }) => name));
  const missing = rollup.fields.filter(({ name }) => !given.has(name));
  return [
    ...problems,
    ...missing.map(
      ({ name }) => `gives no column '${name}', which the row declares; add "… AS ${name}" to the SELECT`,
    ),
  ];
}

import type { DruidClient } from '../../clients/druid.ts';
import type { Definition, RollupDefinition, StreamDefinition } from '../../definition/definition.ts';
import { emptyStream } from '../../definition/stream-sql.ts';
import { meaningOf } from '../../definition/field-types/index.ts';
import { renderSql } from '../../definition/render.ts';
import { isMillraceError, messageOf } from '../../errors.ts';
import { problemOf, type Files, type SqlProblem } from './problem.ts';

/** What Druid says of each rollup's SQL, over a row of typed nulls in place of the stream. */
export async function rollupProblems(
  { druid, files }: { druid: DruidClient; files: Files },
  definitions: ReadonlyMap<string, Definition>,
  rollups: readonly RollupDefinition[],
): Promise<SqlProblem[]> {
  const problems: SqlProblem[] = [];
  for (const rollup of rollups) {
    const sql = renderSql(rollup.sql, {
      read: (name) => emptyStream(definitions.get(name) as StreamDefinition),
      interval: { column: '__time', start: '2000-01-01T00:00:00Z', end: '2000-01-01T01:00:00Z' },
    });
    const problem = (said: string) => problemOf('druid', files, rollup, said, 'sql');
    try {
      for await (const { columns } of druid.stream(sql, { queryId: `check-${rollup.name}` })) {
        problems.push(...columnProblems(rollup, columns).map(problem));
      }
    } catch (error) {
      if (!isMillraceError(error, 'DRUID_QUERY_INVALID')) throw error;
      problems.push(problem(messageOf(error)));
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

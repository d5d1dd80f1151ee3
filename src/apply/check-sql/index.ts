import type { DruidClient } from '../../clients/druid.ts';
import type { Database } from '../../clients/mariadb.ts';
import { viewsInOrder } from '../../define/check.ts';
import { ofKind, type Definition } from '../../definition/definition.ts';
import { MillraceError } from '../../errors.ts';
import type { Names } from '../../names.ts';
import { askedForEach } from './for-each.ts';
import { columnsSeen, externalProblems } from './externals.ts';
import type { Files } from './problem.ts';
import { rollupProblems } from './rollups.ts';
import { scratchProblems } from './scratch.ts';

/** With what apply checks definitions' SQL. */
export interface SqlCheck {
  druid: DruidClient;
  admin: Database;
  names: Names;
  files: Files;
}

/**
 * Has the servers read every definition's SQL before anything is changed. What does not exist yet is stood in for:
 * in Druid by a row of typed nulls in place of the stream, in MariaDB by empty tables in a scratch schema.
 * @throws SQL_INVALID with every problem of every definition · OBJECT_FOREIGN
 */
export async function checkSql(check: SqlCheck, definitions: ReadonlyMap<string, Definition>): Promise<void> {
  const { druid, admin, names, files } = check;
  const all = [...definitions.values()];
  const problems = await rollupProblems({ druid, files }, definitions, ofKind(all, 'rollup'));
  for (const external of ofKind(all, 'external')) {
    problems.push(...externalProblems(files, names, external, await columnsSeen([admin], names, external)));
  }
  problems.push(...(await scratchProblems(check, definitions, viewsInOrder(all), askedForEach(all))));
  if (problems.length === 0) return;
  throw new MillraceError(
    'SQL_INVALID',
    `The servers refuse this SQL; nothing was changed:\n${problems.map(({ text }) => `  ${text}`).join('\n')}`,
  );
}

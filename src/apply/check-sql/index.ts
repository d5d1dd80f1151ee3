import { viewsInOrder } from '../../define/check.ts';
import { ofKind, type Definition } from '../../definition/definition.ts';
import { MillraceError } from '../../errors.ts';
import { externalProblems } from './externals.ts';
import type { SqlCheck } from './problem.ts';
import { rollupProblems } from './rollups.ts';
import { scratchProblems } from './scratch.ts';

/**
 * Has the servers read every definition's SQL before anything is changed. What does not exist yet is stood in for:
 * in Druid by a row of typed nulls in place of the stream, in MariaDB by empty tables in a scratch schema.
 * @throws SQL_INVALID with every problem of every definition · OBJECT_FOREIGN
 */
export async function checkSql(check: SqlCheck, definitions: ReadonlyMap<string, Definition>): Promise<void> {
  const all = [...definitions.values()];
  const problems = [
    ...(await rollupProblems(check, definitions, ofKind(all, 'rollup'))),
    ...(await externalProblems(check, ofKind(all, 'external'))),
    ...(await scratchProblems(check, definitions, viewsInOrder(all))),
  ];
  if (problems.length === 0) return;
  throw new MillraceError(
    'SQL_INVALID',
    `The servers refuse this SQL; nothing was changed:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  );
}

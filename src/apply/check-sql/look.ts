import type { DruidClient } from '../../clients/druid.ts';
import type { Database } from '../../clients/mariadb.ts';
import { viewsInOrder } from '../../define/check.ts';
import {
  ofKind,
  type Definition,
  type PullDefinition,
  type ViewDefinition,
} from '../../definition/definition.ts';
import { isMillraceError } from '../../errors.ts';
import type { Names } from '../../names.ts';
import type { System } from '../../targets/target.ts';
import { columnsSeen, externalProblems } from './externals.ts';
import { askedForEach, rowsAsked } from './for-each.ts';
import { objectOf, problemOf, type Files, type SqlProblem } from './problem.ts';
import { rollupProblems } from './rollups.ts';
import { judgeViews } from './views.ts';

/** With what a plan checks definitions' SQL: nothing that may write. */
export interface SqlLook {
  druid: DruidClient;
  /** Sees the env's own schemas. */
  worker: Database;
  /** Superset's user; a single connection. */
  reader: Database;
  names: Names;
  files: Files;
}

/** SQL that could not be checked without writing, or because its server did not answer. */
export interface Unchecked {
  system: System;
  /** `view revenue`. */
  object: string;
  why: string;
}

export interface SqlSeen {
  problems: SqlProblem[];
  unchecked: Unchecked[];
}

/** Checks as much of the definitions' SQL as can be without making anything. A server that is down hides its part. */
export async function lookAtSql(
  look: SqlLook,
  definitions: ReadonlyMap<string, Definition>,
): Promise<SqlSeen> {
  const all = [...definitions.values()];
  const parts = [
    await part('druid', ofKind(all, 'rollup'), async (rollups) => ({
      problems: await rollupProblems(look, definitions, rollups),
      unchecked: [],
    })),
    await part('mariadb', ofKind(all, 'external'), (externals) => lookAtExternals(look, externals)),
    await part('mariadb', [...viewsInOrder(all), ...askedForEach(all)], (selects) =>
      lookAtSelects(look, definitions, selects),
    ),
  ];
  return {
    problems: parts.flatMap(({ problems }) => problems),
    unchecked: parts.flatMap(({ unchecked }) => unchecked),
  };
}

async function part<D extends Definition>(
  system: System,
  of: readonly D[],
  look: (of: readonly D[]) => Promise<SqlSeen>,
): Promise<SqlSeen> {
  try {
    return await look(of);
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    // The server itself is shown as unknown, with all that is to be said of it.
    const unchecked = of.map((one) => ({ system, object: objectOf(one), why: error.code }));
    return { problems: [], unchecked };
  }
}

async function lookAtExternals(
  { worker, reader, names, files }: SqlLook,
  externals: readonly Extract<Definition, { kind: 'external' }>[],
): Promise<SqlSeen> {
  const seen: SqlSeen = { problems: [], unchecked: [] };
  for (const external of externals) {
    const columns = await columnsSeen([worker, reader], names, external);
    const { schema, name } = external;
    // Of another schema these logins see only what they were granted.
    if (columns.size === 0 && schema !== undefined) {
      const why = `neither worker nor reader sees a table ${schema}.${name}`;
      seen.unchecked.push({ system: 'mariadb', object: objectOf(external), why });
    } else seen.problems.push(...externalProblems(files, names, external, columns));
  }
  return seen;
}

/** The SQL of views, and of what pulls ask their source for. */
async function lookAtSelects(
  { reader, files }: SqlLook,
  definitions: ReadonlyMap<string, Definition>,
  selects: readonly (ViewDefinition | PullDefinition)[],
): Promise<SqlSeen> {
  const views = selects.map((one) => (one.kind === 'view' ? one : rowsAsked(one)));
  const judged = await judgeViews(reader, definitions, views);
  return {
    problems: selects.flatMap((one) => {
      const refused = judged.get(one.name)?.refused;
      const part = one.kind === 'view' ? 'sql' : 'forEach';
      return refused === undefined ? [] : [problemOf('mariadb', files, one, refused, part)];
    }),
    unchecked: selects.flatMap((one) => {
      const why = judged.get(one.name)?.unchecked;
      return why === undefined ? [] : [{ system: 'mariadb', object: objectOf(one), why }];
    }),
  };
}

import { identifier, type Database } from '../../clients/mariadb.ts';
import {
  isTable,
  type Definition,
  type PullDefinition,
  type ViewDefinition,
} from '../../definition/definition.ts';
import { messageOf, MillraceError, isMillraceError } from '../../errors.ts';
import type { Names } from '../../names.ts';
import { externalBody, tableBody } from '../../targets/mariadb/columns.ts';
import { viewSql } from '../../targets/mariadb/view-sql.ts';
import { rowsAsked } from './for-each.ts';
import { problemOf, type Files, type SqlProblem } from './problem.ts';

/** Makes the tables and views in a scratch schema, and drops it again. */
export async function scratchProblems(
  { admin, names, files }: { admin: Database; names: Names; files: Files },
  definitions: ReadonlyMap<string, Definition>,
  views: ViewDefinition[],
  asked: PullDefinition[],
): Promise<SqlProblem[]> {
  const scratch = names.scratchSchema;
  const problems: SqlProblem[] = [];
  const attempt = async (of: Definition, part: string, statement: string) => {
    try {
      await admin.execute(statement);
    } catch (error) {
      if (!isMillraceError(error, 'MARIADB_REFUSED')) throw error;
      const said = messageOf(error.cause ?? error).replaceAll(`${scratch}.`, '');
      problems.push(problemOf('mariadb', files, of, said, part));
    }
  };
  await makeScratch(admin, scratch);
  try {
    for (const definition of definitions.values()) {
      const body = isTable(definition)
        ? tableBody(definition)
        : definition.kind === 'external'
          ? externalBody(definition)
          : [];
      if (body.length === 0) continue;
      const table = identifier(scratch, definition.name);
      await attempt(definition, 'table', `CREATE TABLE ${table} (${body.join(', ')})`);
    }
    for (const view of views) {
      const sql = viewSql(view, definitions, scratch, true);
      await attempt(view, 'sql', `CREATE VIEW ${identifier(scratch, view.name)} AS ${sql}`);
    }
    for (const pull of asked) {
      const sql = viewSql(rowsAsked(pull), definitions, scratch, true);
      await attempt(pull, 'forEach', `DO (SELECT COUNT(*) FROM (${sql}) AS rows_asked)`);
    }
  } finally {
    await admin.execute(`DROP DATABASE IF EXISTS ${identifier(scratch)}`);
  }
  return problems;
}

/** By this, one that a killed apply left behind is known from somebody else's schema. */
const SCRATCH_COMMENT = 'millrace apply checks SQL here, and drops it again';

async function makeScratch(admin: Database, scratch: string): Promise<void> {
  const [found] = await admin.query(
    'SELECT schema_comment AS comment FROM information_schema.schemata WHERE schema_name = ?',
    [scratch],
  );
  if (found !== undefined && found['comment'] !== SCRATCH_COMMENT) {
    throw new MillraceError(
      'OBJECT_FOREIGN',
      `MariaDB already has a schema '${scratch}', in which apply would try definitions out, and millrace did not make it. Rename it, or choose another MILLRACE_ENV, then apply again.`,
      { context: { system: 'mariadb', object: scratch } },
    );
  }
  await admin.execute(
    `CREATE OR REPLACE DATABASE ${identifier(scratch)} DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin COMMENT '${SCRATCH_COMMENT}'`,
  );
}

import { identifier, type Database } from '../clients/mariadb.ts';
import type { DruidClient } from '../clients/druid.ts';
import {
  isLoaded,
  ofKind,
  type Definition,
  type ExternalDefinition,
  type RollupDefinition,
  type StreamDefinition,
  type ViewDefinition,
} from '../definition/definition.ts';
import { meaningOf } from '../definition/field-types/index.ts';
import { emptyStream } from '../definition/empty-stream.ts';
import { renderSql } from '../definition/render.ts';
import { messageOf, MillraceError, isMillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { externalBody, tableBody } from './columns.ts';
import { viewSql } from './view-sql.ts';

interface SqlCheck {
  druid: DruidClient;
  admin: Database;
  names: Names;
  /** By definition, the file in which it stands. */
  files: ReadonlyMap<string, string>;
}

/**
 * Has the servers read every definition's SQL before anything is changed. What does not exist yet is stood in for:
 * in Druid by a row of typed nulls in place of the stream, in MariaDB by empty tables in a scratch schema.
 * @throws SQL_INVALID with every problem of every definition · OBJECT_FOREIGN
 */
export async function checkSql(
  check: SqlCheck,
  definitions: Map<string, Definition>,
  views: ViewDefinition[],
): Promise<void> {
  const all = [...definitions.values()];
  const problems = [
    ...(await rollupProblems(check, definitions, ofKind(all, 'rollup'))),
    ...(await externalProblems(check, ofKind(all, 'external'))),
    ...(await mariadbProblems(check, definitions, views)),
  ];
  if (problems.length === 0) return;
  throw new MillraceError(
    'SQL_INVALID',
    `The servers refuse this SQL; nothing was changed:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  );
}

/** Where a problem is, as the messages about definitions say it: `pipelines/shop.ts · view 'revenue'`. */
function placeOf({ files }: SqlCheck, { kind, name }: Definition): string {
  return [files.get(name), `${kind} '${name}'`].filter(Boolean).join(' · ');
}

async function rollupProblems(
  check: SqlCheck,
  definitions: Map<string, Definition>,
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

/** Somebody else's table must be there, with the columns that the definition names. */
async function externalProblems(check: SqlCheck, externals: ExternalDefinition[]): Promise<string[]> {
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

/** Makes the tables and views in a scratch schema, and drops it again. */
async function mariadbProblems(
  check: SqlCheck,
  definitions: Map<string, Definition>,
  views: ViewDefinition[],
): Promise<string[]> {
  const { admin, names } = check;
  const scratch = names.scratchSchema;
  const problems: string[] = [];
  const attempt = async (where: string, statement: string) => {
    try {
      await admin.execute(statement);
    } catch (error) {
      if (!isMillraceError(error, 'MARIADB_REFUSED')) throw error;
      problems.push(`${where}: ${messageOf(error.cause ?? error).replaceAll(`${scratch}.`, '')}`);
    }
  };
  await makeScratch(admin, scratch);
  try {
    for (const definition of definitions.values()) {
      const body = isLoaded(definition)
        ? tableBody(definition)
        : definition.kind === 'external'
          ? externalBody(definition)
          : [];
      if (body.length === 0) continue;
      const table = identifier(scratch, definition.name);
      await attempt(`${placeOf(check, definition)} · table`, `CREATE TABLE ${table} (${body.join(', ')})`);
    }
    for (const view of views) {
      const sql = viewSql(view, definitions, scratch, true);
      await attempt(
        `${placeOf(check, view)} · sql`,
        `CREATE VIEW ${identifier(scratch, view.name)} AS ${sql}`,
      );
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

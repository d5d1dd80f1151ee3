import { identifier, isAccessDenied, type Database } from '../../clients/mariadb.ts';
import type { Definition, Field, ViewDefinition } from '../../definition/definition.ts';
import { readsOf } from '../../definition/definition.ts';
import { meaningOf } from '../../definition/field-types/index.ts';
import { renderSql } from '../../definition/render.ts';
import { isMillraceError, messageOf } from '../../errors.ts';
import { COLLATION } from '../../targets/mariadb/collation.ts';

/** What MariaDB says of one view's SQL: what it refuses, or why it could not judge. Neither: the SQL is good. */
export interface ViewJudgement {
  refused?: string;
  unchecked?: string;
}

/**
 * Has MariaDB prepare the SQL of views, which runs nothing and makes nothing. A CTE with typed nulls stands in for each
 * table, so a reader's rights are enough.
 *
 * What only making the view would tell stays unseen: a user variable in its SQL, a name that is too long.
 * @param reader has a single connection: its collation is set, and what was prepared is its own
 * @param views each after those that it reads
 */
export async function judgeViews(
  reader: Database,
  definitions: ReadonlyMap<string, Definition>,
  views: readonly ViewDefinition[],
): Promise<Map<string, ViewJudgement>> {
  const judged = new Map<string, ViewJudgement>();
  if (views.length === 0) return judged;
  // Else the text of the stand-ins would compare in another way than that of the tables.
  await reader.execute(`SET collation_connection = '${COLLATION}'`);
  for (const view of views) {
    const broken = readsOf(view.sql).find((name) => isBad(judged.get(name)));
    judged.set(
      view.name,
      broken === undefined
        ? await judge(reader, statementOf(view, definitions))
        : { unchecked: `it reads view '${broken}', whose SQL is not known to be good` },
    );
  }
  return judged;
}

const isBad = (one: ViewJudgement | undefined) => one?.refused !== undefined || one?.unchecked !== undefined;

async function judge(reader: Database, statement: string): Promise<ViewJudgement> {
  try {
    await reader.execute('PREPARE millrace_check FROM ?', [statement]);
    await reader.execute('DEALLOCATE PREPARE millrace_check');
    return {};
  } catch (error) {
    if (!isMillraceError(error, 'MARIADB_REFUSED')) throw error;
    const said = messageOf(error.cause ?? error);
    return isAccessDenied(error) ? { unchecked: said } : { refused: said };
  }
}

/** As a table of its own, like in the view: a column that stands twice is refused. */
function statementOf(view: ViewDefinition, definitions: ReadonlyMap<string, Definition>): string {
  const tables = new Map<string, string>();
  addTables(view, definitions, tables);
  const all = [...tables].map(([name, select]) => `${identifier(name)} AS (${select}\n)`);
  return `WITH ${all.join(', ')} SELECT * FROM ${identifier(view.name)}`;
}

/** By name, its SELECT: what a view reads, then the view itself. */
function addTables(
  view: ViewDefinition,
  definitions: ReadonlyMap<string, Definition>,
  tables: Map<string, string>,
): void {
  for (const name of readsOf(view.sql)) {
    const read = definitions.get(name);
    if (read === undefined || tables.has(name)) continue;
    if (read.kind === 'view') addTables(read, definitions, tables);
    else tables.set(name, standIn(read.fields));
  }
  tables.set(view.name, renderSql(view.sql, { read: (name) => identifier(name) }));
}

function standIn(fields: readonly Field[]): string {
  const columns = fields.map((field) => {
    return `CAST(NULL AS ${meaningOf(field).mariadb.cast}) AS ${identifier(field.name)}`;
  });
  return `SELECT ${columns.join(', ')}`;
}

import { cancellationSignal } from '@temporalio/activity';
import { createHash } from 'node:crypto';
import type { DruidBatch } from '../clients/druid.ts';
import type { RollupDefinition } from '../definition/definition.ts';
import { emptyStream } from '../definition/empty-stream.ts';
import { renderSql } from '../definition/render.ts';
import { storedRow } from '../definition/row.ts';
import { compileValidator } from '../definition/validator.ts';
import { isMillraceError, MillraceError } from '../errors.ts';
import { stagingOf } from '../store/staging.ts';
import type { Load, Offsets } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { refuseUndrained } from './drain.ts';
import { refuseMissingSegments } from './segments.ts';
import { say } from './signs-of-life.ts';
import { rawTopicsOf, type LoadStream } from './streams.ts';

/**
 * Streams one interval of a rollup from Druid into the staging table.
 *
 * Memory: one batch of 1,000 rows, whatever the answer's size. The segments of the interval are looked at before
 * and after, because Druid answers with part of the data, and without a word, while segments move.
 * @returns rows staged
 * @throws DRUID_QUERY_INVALID, ROW_INVALID (not retried) · DRUID_ANSWER_CUT, DRUID_UNAVAILABLE,
 *   DRUID_SEGMENTS_MISSING (retried) · LOAD_OVERTAKEN
 */
export async function stageRollup(
  deps: ActivityDeps,
  definition: RollupDefinition,
  load: Load,
  attempt: number,
  positions: Offsets,
): Promise<number> {
  await emptyStage(deps, definition, load, attempt);
  const streams = await rawTopicsOf(deps, load);
  const filled = streams.filter(({ name }) => hasEvents(positions[name]));
  if (filled.length === 0) return 0;

  const gate = async () => {
    await refuseUndrained(deps, filled, positions);
    await refuseMissingSegments(
      deps.druid,
      filled.map(({ definition }) => deps.names.datasource(definition)),
      load,
    );
  };
  // Around the query: a task that starts anew in between has lost what it had not published.
  await gate();
  const sql = renderSql(definition.sql, {
    read: (name) => source(deps, streams, filled, name),
    interval: { ...load.interval, column: '__time' },
  });
  const queryId = createHash('sha256').update(`${load.loadId}/${attempt}`).digest('hex').slice(0, 32);
  const answer = deps.druid.stream(sql, { queryId, signal: cancellationSignal() });
  const rows = await stageAnswer(deps, definition, load, attempt, answer).catch(async (error: unknown) => {
    // When the only server that held a datasource has died, Druid says that there is no such table.
    if (isMillraceError(error, 'DRUID_QUERY_INVALID')) await gate();
    throw error;
  });
  await gate();
  return rows;
}

/** Before its first event a datasource does not exist, and asking for it is an error. */
function hasEvents(positions: Record<string, string> | undefined): boolean {
  return Object.values(positions ?? {}).some((offset) => offset !== '0');
}

function source({ names }: ActivityDeps, streams: LoadStream[], filled: LoadStream[], name: string): string {
  const stream = streams.find((candidate) => candidate.name === name);
  if (stream === undefined) return `"${name}"`;
  return filled.includes(stream)
    ? `"${names.datasource(stream.definition)}"`
    : emptyStream(stream.definition);
}

async function emptyStage(
  deps: ActivityDeps,
  definition: RollupDefinition,
  load: Load,
  attempt: number,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await deps.loads.holdAttempt(tx, load, attempt);
    await stagingOf(definition, deps.names).clear(tx, [load.loadId]);
  });
}

async function stageAnswer(
  deps: ActivityDeps,
  definition: RollupDefinition,
  load: Load,
  attempt: number,
  answer: AsyncGenerator<DruidBatch>,
): Promise<number> {
  const staging = stagingOf(definition, deps.names);
  const validate = compileValidator(definition.fields);
  let staged = 0;
  for await (const { columns, rows } of answer) {
    refuseColumns(definition, columns);
    const values = rows.map((row) => {
      const record = Object.fromEntries(
        columns.map(({ name, sqlType }, index) => [name, plain(row[index], sqlType)]),
      );
      const validation = validate(record);
      if (validation.ok) return storedRow(definition.fields, validation.value);
      throw new MillraceError(
        'ROW_INVALID',
        `${load.table} ${load.interval.start}: a row from Druid does not fit the row schema: ${validation.problems.join('; ')}. Mend the SQL or the row.`,
        { context: { table: load.table, interval: load.interval.start } },
      );
    });
    await deps.db.transaction(async (tx) => {
      await deps.loads.holdAttempt(tx, load, attempt);
      await staging.append(tx, load.loadId, values);
    });
    staged += values.length;
    say({ rows: staged });
  }
  return staged;
}

/** Druid gives a DATE as the timestamp at its start. */
function plain(value: unknown, sqlType: string): unknown {
  return sqlType === 'DATE' && typeof value === 'string' ? value.slice(0, 10) : value;
}

function refuseColumns(definition: RollupDefinition, columns: DruidBatch['columns']): void {
  const got = columns.map(({ name }) => name);
  const wanted = definition.fields.map(({ name }) => name);
  if (got.length === wanted.length && wanted.every((name) => got.includes(name))) return;
  throw new MillraceError(
    'DRUID_QUERY_INVALID',
    `${definition.name}: the SQL gives the columns ${got.join(', ')}, but the row declares ${wanted.join(', ')}.`,
  );
}

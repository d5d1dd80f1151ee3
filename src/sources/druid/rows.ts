import { createHash } from 'node:crypto';
import type { DruidBatch } from '../../clients/druid.ts';
import type { RollupDefinition, StreamDefinition } from '../../definition/definition.ts';
import { meaningOf, needExactNumbers } from '../../definition/field-types/index.ts';
import { emptyStream, withNulls } from '../../definition/stream-sql.ts';
import { renderSql } from '../../definition/render.ts';
import { isMillraceError, MillraceError } from '../../errors.ts';
import { lackOf, nextOffsets } from '../../intake/index.ts';
import type { Ask, Batch, Rows } from '../../load/source.ts';
import { streamsOf } from './streams.ts';
import { unseenFields } from './unseen-fields.ts';

/**
 * Streams one interval of a rollup from Druid.
 *
 * Memory: one batch of 1,000 rows, whatever the answer's size. The segments of the interval are looked at before
 * and after, because Druid answers with part of the data, and without a word, while segments move.
 * @throws DRUID_QUERY_INVALID (not retried) · DRUID_ANSWER_CUT, DRUID_UNAVAILABLE, DRUID_SEGMENTS_MISSING,
 *   STREAM_NOT_DRAINED (retried)
 */
export const rows: Rows<RollupDefinition> = {
  fetch,
  misfit: () => ({ record: 'a row from Druid', remedy: 'Mend the SQL or the row.' }),
};

async function* fetch(rollup: RollupDefinition, ask: Ask): AsyncGenerator<Batch> {
  const { deps, load, attempt, coverage, signal } = ask;
  const streams = await streamsOf(deps, load, rollup);
  const filled = streams.filter(({ name }) => hasEvents(coverage[name]));
  if (filled.length === 0) return;

  // Around the query: a task that starts anew in between has lost what it had not published.
  await gate(ask, filled);
  const tables = await tablesOf(ask, streams, filled);
  const sql = renderSql(rollup.sql, {
    read: (name) => tables.get(name) ?? `"${name}"`,
    interval: { ...load.interval, column: '__time' },
  });
  const queryId = createHash('sha256').update(`${load.loadId}/${attempt}`).digest('hex').slice(0, 32);
  try {
    const isExact = needExactNumbers(rollup.fields);
    for await (const batch of deps.druid.stream(sql, { queryId, signal, isExact }))
      yield recordsOf(rollup, batch);
  } catch (error) {
    // When the only server that held a datasource has died, Druid says that there is no such table.
    if (isMillraceError(error, 'DRUID_QUERY_INVALID')) await gate(ask, filled);
    throw error;
  }
  await gate(ask, filled);
}

/** Refuses to go on while Druid would answer without some of what the coverage promises. */
async function gate({ deps, load, coverage }: Ask, filled: StreamDefinition[]): Promise<void> {
  for (const stream of filled) {
    const lack = await lackOf(deps, stream, nextOffsets(coverage[stream.name]));
    if (lack === undefined) continue;
    throw new MillraceError(
      lack.code,
      `${load.table} ${load.interval.start}: ${lack.text} Nothing was used; the query is repeated.`,
    );
  }
}

/** Before its first event a datasource does not exist, and asking for it is an error. */
function hasEvents(offsets: Record<string, string> | undefined): boolean {
  return Object.values(offsets ?? {}).some((offset) => offset !== '0');
}

/** What stands in the SQL for each stream. */
async function tablesOf(
  { deps, load }: Ask,
  streams: StreamDefinition[],
  filled: StreamDefinition[],
): Promise<Map<string, string>> {
  const tables = new Map<string, string>();
  for (const stream of streams) {
    const datasource = deps.names.datasource(stream);
    const table = filled.includes(stream)
      ? withNulls(datasource, await unseenFields(deps.druid, datasource, stream, load))
      : emptyStream(stream);
    tables.set(stream.name, table);
  }
  return tables;
}

function recordsOf(rollup: RollupDefinition, { columns, rows }: DruidBatch): Batch {
  refuseColumns(rollup, columns);
  const readers = columns.map(({ name }) => {
    const field = rollup.fields.find((one) => one.name === name);
    return field && meaningOf(field).druid.fromAnswer;
  });
  const records = rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, sqlType }, index) => [name, plain(row[index], sqlType, readers[index])]),
    ),
  );
  return { records };
}

/** Druid gives a DATE as the timestamp at its start. */
function plain(value: unknown, sqlType: string, read?: (text: string) => unknown): unknown {
  if (typeof value !== 'string') return value;
  return sqlType === 'DATE' ? value.slice(0, 10) : (read?.(value) ?? value);
}

function refuseColumns(rollup: RollupDefinition, columns: DruidBatch['columns']): void {
  const got = columns.map(({ name }) => name);
  const wanted = rollup.fields.map(({ name }) => name);
  if (got.length === wanted.length && wanted.every((name) => got.includes(name))) return;
  throw new MillraceError(
    'DRUID_QUERY_INVALID',
    `${rollup.name}: the SQL gives the columns ${got.join(', ')}, but the row declares ${wanted.join(', ')}.`,
  );
}

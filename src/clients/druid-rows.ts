import type { Readable } from 'node:stream';
import { z } from 'zod';
import { MillraceError, messageOf } from '../errors.ts';
import { jsonParser } from '../definition/exact-json.ts';
import { cutTo } from '../wording.ts';
import { refused, type Call } from './druid-http.ts';

/** Columns in the answer's order, and some of its rows. */
export interface DruidBatch {
  columns: { name: string; sqlType: string }[];
  rows: unknown[][];
}

export interface StreamOptions {
  queryId: string;
  signal?: AbortSignal | undefined;
  /** Numbers that JavaScript would round come as `ExactNumber`. */
  isExact?: boolean;
}

const BATCH_ROWS = 1_000;

/** No approximation, no cache, UTC: an answer that is kept must be the exact one. */
export const EXACT = {
  useApproximateCountDistinct: false,
  useApproximateTopN: false,
  useCache: false,
  populateCache: false,
  sqlTimeZone: 'UTC',
};

/**
 * Streams the rows of a query in bounded memory. Ends normally only when the whole answer arrived.
 * @throws DRUID_QUERY_INVALID · DRUID_ANSWER_CUT, DRUID_UNAVAILABLE (retried)
 */
export async function* streamRows(
  call: Call,
  url: string,
  sql: string,
  { queryId, signal, isExact = false }: StreamOptions,
): AsyncGenerator<DruidBatch> {
  const data = {
    query: sql,
    resultFormat: 'arrayLines',
    header: true,
    typesHeader: true,
    sqlTypesHeader: true,
    context: { ...EXACT, sqlQueryId: queryId, timeout: 300_000 },
  };
  const answer = await call({
    method: 'post',
    url: '/druid/v2/sql',
    data,
    responseType: 'stream',
    // Of silence on the line; Druid's own limit for the query is shorter.
    timeout: 330_000,
    signal,
  });
  const body = answer.data as Readable;
  if (answer.status !== 200) {
    refused({ ...answer, data: await jsonOf(body) }, url);
  }
  try {
    yield* batches(body, queryId, jsonParser(isExact));
  } finally {
    body.destroy();
    if (signal?.aborted === true) await call({ method: 'delete', url: `/druid/v2/sql/${queryId}` });
  }
}

/**
 * Splits an `arrayLines` body: three header lines (names, Druid types, SQL types), a line per row, an empty line.
 *
 * The empty line is the only proof that the answer is whole: errors after the first byte cannot change the
 * status, and a body can be cut at an exact end of line.
 * @see https://druid.apache.org/docs/latest/api-reference/sql-api
 */
async function* batches(
  body: Readable,
  queryId: string,
  parseJson: (text: string) => unknown,
): AsyncGenerator<DruidBatch> {
  const header: string[][] = [];
  let rows: unknown[][] = [];
  let isEnded = false;
  for await (const line of linesOf(body, queryId)) {
    if (isEnded) throw cut(queryId, 'text follows its end marker');
    if (line === '') {
      isEnded = true;
      continue;
    }
    const values = parseLine(line, queryId, parseJson);
    if (header.length < 3) {
      header.push(values.map(String));
      continue;
    }
    rows.push(values);
    if (rows.length === BATCH_ROWS) {
      yield { columns: columnsOf(header), rows };
      rows = [];
    }
  }
  if (!isEnded || header.length < 3) throw cut(queryId, 'its end marker is missing');
  yield { columns: columnsOf(header), rows };
}

function columnsOf(header: string[][]) {
  return (header[0] ?? []).map((name, index) => ({ name, sqlType: header[2]?.[index] ?? '' }));
}

function parseLine(line: string, queryId: string, parseJson: (text: string) => unknown): unknown[] {
  try {
    return z.array(z.unknown()).parse(parseJson(line));
  } catch {
    throw cut(queryId, `a line is not a row: ${cutTo(80, line)}`);
  }
}

/** Every line that ends in a newline; what stands behind the last newline must be nothing. */
async function* linesOf(body: Readable, queryId: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw error instanceof MillraceError ? error : cut(queryId, messageOf(error));
  }
  if (rest !== '') throw cut(queryId, 'it ends within a line');
}

/** What is said of an answer that is not whole. */
export function cut(queryId: string, why: string): MillraceError {
  return new MillraceError(
    'DRUID_ANSWER_CUT',
    `Druid's answer to query ${queryId} is not whole: ${why}. Nothing of it was used; the query is repeated.`,
    { context: { queryId } },
  );
}

async function jsonOf(body: Readable): Promise<unknown> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk as Buffer);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

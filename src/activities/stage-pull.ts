import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { getJson } from '../clients/http.ts';
import type { Scalar } from '../clients/mariadb.ts';
import type { HttpSource, PullDefinition } from '../definition/definition.ts';
import { storedRow } from '../definition/row.ts';
import { compileValidator, type Validator } from '../definition/validator.ts';
import { shown } from '../wording.ts';
import { MillraceError } from '../errors.ts';
import { stagingOf } from '../store/staging.ts';
import type { Load } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';
import { pageRequest } from './page-request.ts';
import { say } from './signs-of-life.ts';

/** A walk longer than this is a vendor whose pages never end. */
const MAX_PAGES = 100_000;
/** Rows per INSERT: beyond a few thousand the statement only grows. */
const INSERT_ROWS = 1_000;

interface Page {
  records: unknown[];
  next: string | undefined;
}

/**
 * Walks a vendor's pages for one interval into the staging table.
 *
 * Each page is committed together with where to go on, so a repeated attempt resumes the walk. Memory: one page.
 * @returns rows staged by all attempts of this load
 * @throws the codes of `getJson` · SECRET_MISSING, ROW_INVALID, HTTP_PAGES_LOOP (not retried) · HTTP_BODY_INVALID of a
 *   whole body (without the list retried a few times, without the cursor not) · HTTP_TOO_FEW_ROWS · LOAD_OVERTAKEN
 */
export async function stagePull(
  deps: ActivityDeps,
  definition: PullDefinition,
  load: Load,
  attempt: number,
): Promise<number> {
  const before = await deps.loads.progressOf(load.loadId);
  let rows = before?.rows ?? 0;
  let cursor = before?.nextPage;
  const isWalked = before !== undefined && cursor === undefined;
  if (before !== undefined) say({ rows, cursor });
  if (!isWalked) {
    const validate = compileValidator(definition.fields);
    const seen = new Set<string>();
    do {
      refuseLoop(load, seen, cursor);
      const page = await fetchPage(deps, definition, load, cursor);
      const values = page.records.map((record, index) =>
        stored(definition, load, validate, record, rows + index),
      );
      await commitPage(deps, definition, load, attempt, values, page.next);
      rows += values.length;
      cursor = page.next;
      say({ rows, cursor });
    } while (cursor !== undefined);
  }
  if (rows < definition.minRows) await refuseTooFew(deps, definition, load, attempt, rows);
  return rows;
}

async function fetchPage(
  deps: ActivityDeps,
  definition: PullDefinition,
  load: Load,
  cursor: string | undefined,
): Promise<Page> {
  const body = await getJson({
    ...pageRequest(deps, definition, load, cursor),
    signal: cancellationSignal(),
  });
  const { name, http } = definition;
  const place = `pull '${name}' ${load.interval.start}`;
  return { records: recordsOf(place, http, body), next: nextOf(place, http, body) };
}

/** As often a whole body without the list is taken for a bad moment of the vendor (`200 {"error":"busy"}`). */
const TRIES_WITHOUT_LIST = 5;

function recordsOf(place: string, http: HttpSource, body: unknown): unknown[] {
  const records = http.records === '' ? body : at(body, http.records);
  if (Array.isArray(records)) return records;
  throw new MillraceError(
    'HTTP_BODY_INVALID',
    `${place}: the answer holds no list at '${http.records}' but ${JSON.stringify(records)?.slice(0, 80) ?? 'nothing'}; it is ${outline(body)}. Check 'records' in the definition, or what the vendor sends.`,
    { retryable: activityInfo().attempt < TRIES_WITHOUT_LIST },
  );
}

function nextOf(place: string, http: HttpSource, body: unknown): string | undefined {
  if (!http.pages) return undefined;
  const next = at(body, http.pages.from);
  if (next === null || next === '') return undefined;
  if (typeof next === 'string' || typeof next === 'number') return String(next);
  // The list is there, so this is no bad moment. An absent cursor may be the last page or a changed API; taking it for the last page would lose the rest.
  throw new MillraceError(
    'HTTP_BODY_INVALID',
    `${place}: the answer has no cursor at '${http.pages.from}' (null or '' would mean the last page); it is ${outline(body)}. Check 'pages.from' in the definition.`,
    { retryable: false },
  );
}

/** What a document is made of, without its values: those may be anybody's. */
function outline(body: unknown): string {
  if (Array.isArray(body)) return `a list of ${body.length}`;
  if (typeof body !== 'object' || body === null) return `a ${body === null ? 'null' : typeof body}`;
  return `an object with ${Object.keys(body).slice(0, 12).map(shown).join(', ') || 'nothing in it'}`;
}

function at(body: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Record<string, unknown>)[key]
      : undefined;
  }, body);
}

function stored(
  { name, fields }: PullDefinition,
  load: Load,
  validate: Validator,
  record: unknown,
  index: number,
): Scalar[] {
  const validation = validate(record);
  if (validation.ok) return storedRow(fields, validation.value);
  throw new MillraceError(
    'ROW_INVALID',
    `pull '${name}' ${load.interval.start}: record ${index} does not fit the row schema: ${validation.problems.join('; ')}. Widen the row schema and apply, or ask the vendor; the table keeps its last good rows.`,
    { context: { pull: name, interval: load.interval.start, record: index } },
  );
}

async function commitPage(
  deps: ActivityDeps,
  definition: PullDefinition,
  load: Load,
  attempt: number,
  rows: Scalar[][],
  next: string | undefined,
): Promise<void> {
  const staging = stagingOf(definition, deps.names);
  await deps.db.transaction(async (tx) => {
    await deps.loads.holdAttempt(tx, load, attempt);
    for (let from = 0; from < rows.length; from += INSERT_ROWS) {
      await staging.append(tx, load.loadId, rows.slice(from, from + INSERT_ROWS));
    }
    await deps.loads.recordPage(tx, load.loadId, rows.length, next);
  });
}

function refuseLoop(load: Load, seen: Set<string>, cursor: string | undefined): void {
  const isRepeated = cursor !== undefined && seen.has(cursor);
  if (cursor !== undefined) seen.add(cursor);
  if (!isRepeated && seen.size < MAX_PAGES) return;
  const why = isRepeated ? `gave the cursor '${cursor}' a second time` : 'does not come to an end';
  throw new MillraceError(
    'HTTP_PAGES_LOOP',
    `pull '${load.table}' ${load.interval.start}: the vendor ${why}, after ${seen.size} pages. Nothing was loaded; check 'pages' in the definition.`,
    { context: { table: load.table, cursor } },
  );
}

/** The next attempt walks the pages again: the vendor may have more by then. */
async function refuseTooFew(
  deps: ActivityDeps,
  definition: PullDefinition,
  load: Load,
  attempt: number,
  rows: number,
): Promise<never> {
  const { name, minRows } = definition;
  await deps.db.transaction(async (tx) => {
    await deps.loads.holdAttempt(tx, load, attempt);
    await stagingOf(definition, deps.names).clear(tx, [load.loadId]);
    await deps.loads.forgetProgress(tx, [load.loadId]);
  });
  throw new MillraceError(
    'HTTP_TOO_FEW_ROWS',
    `pull '${name}' ${load.interval.start}: the vendor sent ${rows} rows, and fewer than ${minRows} is not normal here. The last good rows stay. If it is normal, set minRows: ${rows}.`,
    { context: { pull: name, interval: load.interval.start, rows, minRows } },
  );
}

import { packetBytes } from '../clients/mariadb-insert.ts';
import type { Database, Scalar } from '../clients/mariadb.ts';
import type { TableDefinition } from '../definition/definition.ts';
import type { Reading } from '../definition/read-record.ts';
import { storedRow } from '../definition/row.ts';
import { compileValidator, type Validator } from '../definition/validator.ts';
import { MillraceError } from '../errors.ts';
import { stagingOf } from '../store/staging.ts';
import type { LoadDeps } from './deps.ts';
import type { Load } from './messages.ts';
import { say } from './signs-of-life.ts';
import type { Batch, Rows } from './source.ts';

/** Brings a source's records into the staging table: validates, fences, appends, counts, notes the progress. */
export interface Writer {
  attempt: number;
  /** Rows staged for this load, those of earlier attempts of its walk included. */
  readonly rows: number;
  /** Where an earlier attempt says to go on; undefined: at the beginning. */
  readonly next: string | undefined;
  /** An earlier attempt has staged everything. */
  readonly isComplete: boolean;
  /**
   * Makes rows of records. To be called in their order; the batch before may still be being written.
   * @throws ROW_INVALID, ROW_TOO_LARGE (not retried)
   */
  judge(batch: Batch): Judged;
  /** Stages them. One after the other, in their order. @throws LOAD_OVERTAKEN */
  write(judged: Judged): Writing;
  /** Empties the stage, so that the next attempt asks for everything again. @throws LOAD_OVERTAKEN */
  discard(): Promise<void>;
}

/** What is under way of a write. */
export interface Writing {
  /** MariaDB has the rows, and works on them; or there is nothing to send. Never fails. */
  sent: Promise<unknown>;
  done: Promise<void>;
}

/** Rows that fit, as the statements that stage them. */
export interface Judged {
  rows: number;
  statements: string[];
  walk: Batch['walk'];
}

/**
 * Takes a new attempt of the load and prepares the stage: a walk goes on where it was, all else begins on an empty one.
 *
 * @param tries which try of its activity this is
 * @throws LOAD_OVERTAKEN
 */
export async function openWriter(
  deps: LoadDeps,
  definition: TableDefinition,
  load: Load,
  tries: number,
  { reading, misfit }: { reading: Reading; misfit: Rows<never>['misfit'] },
): Promise<Writer> {
  const attempt = await deps.loads.takeAttempt(load, tries);
  const stage: Stage = { deps, definition, load, attempt };
  const progress = await goneOnFrom(stage, await deps.loads.progressOf(load.loadId));
  const leftovers = await deps.loads.leftoversOf(load);
  // Our attempt is committed, so none of theirs can add to it any more. No later load has their number.
  await empty(stage, progress === undefined ? [...leftovers, load.loadId] : leftovers);
  if (progress !== undefined) say({ rows: progress.rows, next: progress.nextPage });

  const validate = compileValidator(definition.fields, reading);
  const staging = stagingOf(definition, deps.names);
  const maxBytes = await packetBytes(deps.db);
  const state = { rows: progress?.rows ?? 0, next: progress?.nextPage };
  let judgedRows = state.rows;
  return {
    attempt,
    get rows() {
      return state.rows;
    },
    get next() {
      return state.next;
    },
    isComplete: progress !== undefined && progress.nextPage === undefined,
    judge({ records, walk }) {
      const rows = records.map((record, index) =>
        stored(stage, validate, record, () => misfit(judgedRows + index)),
      );
      const statements = staging.appending(load.loadId, rows, judgedRows, maxBytes);
      judgedRows += rows.length;
      return { rows: rows.length, statements, walk };
    },
    write(judged) {
      let sent: (() => void) | undefined;
      const isSent = new Promise<void>((resolve) => (sent = resolve));
      const done = append(stage, judged, state.rows, () => sent?.()).then(() => {
        state.rows += judged.rows;
        if (judged.walk !== undefined) state.next = judged.walk.next;
        say({ rows: state.rows, next: state.next });
      });
      return { sent: Promise.race([isSent, done.catch(() => undefined)]), done };
    },
    discard: () => empty(stage, [load.loadId]),
  };
}

interface Stage {
  deps: LoadDeps;
  definition: TableDefinition;
  load: Load;
  attempt: number;
}

/** What these loads have staged, and how far they were: that first, so that nobody goes on from rows that are gone. */
async function empty(stage: Stage, loadIds: string[]): Promise<void> {
  if (loadIds.length === 0) return;
  const { deps, definition } = stage;
  await fenced(stage, (tx) => deps.loads.forgetProgress(tx, loadIds));
  for (const loadId of loadIds)
    await stagingOf(definition, deps.names).clear((work) => fenced(stage, work), loadId);
}

/**
 * Where an attempt may go on: at the last whole page. What an earlier one has staged of the page after is removed, because it
 * is asked for again.
 * @returns undefined: at the beginning
 */
async function goneOnFrom<P extends { rows: number }>(
  stage: Stage,
  progress: P | undefined,
): Promise<P | undefined> {
  const { deps, definition, load } = stage;
  const staging = stagingOf(definition, deps.names);
  const staged = () => staging.count(deps.db, load.loadId);
  if (progress === undefined || (await staged()) <= progress.rows) return progress;
  await staging.trim((work) => fenced(stage, work), load.loadId, progress.rows);
  // Those of a worker of an older version bear numbers of their own, and are gone, too.
  return (await staged()) < progress.rows ? undefined : progress;
}

/**
 * In one transaction, with the place at which a walk goes on.
 * @param staged how many rows are there
 * @param sent called when the last of the statements is on its way
 */
async function append(
  stage: Stage,
  { rows, statements, walk }: Judged,
  staged: number,
  sent: () => void,
): Promise<void> {
  const { deps, load } = stage;
  await fenced(stage, async (tx) => {
    // First: when the rows are there, the commit alone is left to be sent.
    if (walk !== undefined) await deps.loads.recordPage(tx, load.loadId, staged + rows, walk.next);
    for (const [index, statement] of statements.entries()) {
      const executed = tx.execute(statement);
      if (index === statements.length - 1) sent();
      await executed;
    }
  });
}

/** Does a piece of work in a transaction that only the newest attempt can have. */
function fenced<T>({ deps, load, attempt }: Stage, work: (tx: Database) => Promise<T>): Promise<T> {
  return deps.db.transaction(async (tx) => {
    await deps.loads.holdAttempt(tx, load, attempt);
    return work(tx);
  });
}

function stored(
  { definition, load }: Stage,
  validate: Validator,
  value: unknown,
  misfit: () => { record: string; remedy: string },
): Scalar[] {
  const validation = validate(value);
  if (validation.ok) return storedRow(definition.fields, validation.value);
  const { record, remedy } = misfit();
  const place = `${definition.kind} '${definition.name}' ${load.interval.start}`;
  throw new MillraceError(
    'ROW_INVALID',
    `${place}: ${record} does not fit the row schema: ${validation.problems.join('; ')}. ${remedy}`,
    { context: { table: load.table, interval: load.interval.start } },
  );
}

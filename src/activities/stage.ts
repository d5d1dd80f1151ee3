import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { isWait, MillraceError } from '../errors.ts';
import type { LoadDeps } from '../load/deps.ts';
import type { Load, Offsets, Staged } from '../load/messages.ts';
import { onItsTable } from '../load/on-its-table.ts';
import { loadOfThisRun } from '../load/of-this-run.ts';
import { refuseTooFew } from '../load/too-few.ts';
import type { Batch } from '../load/source.ts';
import { openWriter, type Writer } from '../load/writer.ts';
import { sourceOf } from '../sources/index.ts';

/**
 * Brings one interval's rows into the staging table, under a new attempt number.
 *
 * Safe to repeat: an attempt of the same load goes on where an earlier one came to (pages), or starts again on an
 * emptied stage (a Druid answer, which has no order).
 * @throws what its source throws (of a list that moved: the stage is emptied) · ROW_INVALID, ROW_TOO_LARGE, HTTP_TOO_FEW_ROWS, LOAD_OVERTAKEN, OBJECT_GONE
 */
export const stage =
  (deps: LoadDeps) =>
  async (resolved: Load, coverage: Offsets): Promise<Staged> => {
    const { runId, ...load } = await loadOfThisRun(deps, resolved);
    const { definition } = await deps.catalogue.tableByHash(load.definitionHash);
    return onItsTable(deps, load, async () => {
      const source = await sourceOf(definition).open();
      const { attempt: nth } = activityInfo();
      const writer = await openWriter(deps, definition, load, nth, source);
      // Whoever had to wait for its turn has not failed.
      const tries = nth - (nth === 1 ? 0 : await deps.loads.waitsOf(load.loadId));
      const { attempt, next: from, rows, isComplete } = writer;
      if (!isComplete) {
        const signal = cancellationSignal();
        const ask = { deps, definition, load, attempt, tries, coverage, from, rows, signal };
        await noting(deps, load, writer, () =>
          writeAll(source.fetch(ask), writer, { mayOverlap: source.mayOverlap, signal }),
        );
      }
      await refuseTooFew(definition, load, writer, tries);
      return { attempt, rows: writer.rows, loadId: load.loadId, runId };
    });
  };

/**
 * @param mayOverlap whether the page after may be asked for while the end of one is written: after a kill it is asked for
 *   again. The next batch of the same page is no other request.
 */
async function writeAll(
  batches: AsyncGenerator<Batch>,
  writer: Writer,
  { mayOverlap, signal }: { mayOverlap: boolean; signal: AbortSignal },
): Promise<void> {
  let writing = Promise.resolve();
  try {
    for await (const batch of batches) {
      // A page may be large: its source asks for nothing until all of it is read.
      signal.throwIfAborted();
      const judged = writer.judge(batch);
      await writing;
      const { sent, done } = writer.write(judged);
      writing = done;
      // Its failure is seen where the next one waits for it.
      done.catch(() => undefined);
      // What is not sent yet would be held back here while the next rows are judged, and MariaDB would have nothing to do.
      await (mayOverlap || batch.walk === undefined ? sent : done);
    }
  } catch (error) {
    // What ended the reading says what the next try is to do.
    await writing.catch(() => undefined);
    throw error;
  }
  await writing;
}

/**
 * Notes what a failure means for the next try: one that had to wait was none; what was read of a list that has changed since
 * fits together no more, so that the next one begins at its first page.
 */
async function noting(
  { loads }: LoadDeps,
  { loadId }: Pick<Load, 'loadId'>,
  writer: Writer,
  read: () => Promise<void>,
): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (error instanceof MillraceError && isWait(error.code)) await loads.noteWait(loadId);
    if (error instanceof MillraceError && error.startsAgain) await writer.discard();
    throw error;
  }
}

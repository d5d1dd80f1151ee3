import type { TableDefinition, WriteName } from '../../definition/definition.ts';
import { MillraceError } from '../../errors.ts';
import { writeNameOf } from '../../store/writes/index.ts';
import { stagingOf } from '../../store/staging.ts';
import type { LoadDeps } from '../deps.ts';
import type { Load, Staged } from '../messages.ts';
import type { Check } from './check.ts';
import { everyRowIsThere } from './every-row-is-there.ts';
import { insideTheInterval } from './inside-the-interval.ts';
import { keysAreFree } from './keys-are-free.ts';
import { keysAreUnique } from './keys-are-unique.ts';

/** What staged rows must hold before the table is touched, by how they are written, in the order in which it is asked. */
const CHECKS: Readonly<Record<WriteName, readonly Check[]>> = {
  interval: [everyRowIsThere, insideTheInterval, keysAreUnique, keysAreFree],
  // Of a key that stands there twice the newest row is taken, and keys move from one interval to another.
  upsert: [everyRowIsThere, insideTheInterval],
  snapshot: [everyRowIsThere, keysAreUnique],
};

/** Asks each check; the first that finds something fails the load. @throws the code of that check (not retried) */
export async function checkStaged(
  { db, names }: LoadDeps,
  definition: TableDefinition,
  load: Load,
  { rows }: Staged,
): Promise<void> {
  const staged = { db, staging: stagingOf(definition, names), definition, load, rows };
  for (const { code, problem } of CHECKS[writeNameOf(definition)]) {
    const found = await problem(staged);
    if (found === undefined) continue;
    throw new MillraceError(
      code,
      `${load.table} ${load.interval.start}: ${found}. Nothing was loaded; the last good rows stay.`,
      { context: { table: load.table, interval: load.interval.start } },
    );
  }
}

import type { TableDefinition } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';
import { isEarly } from './few-tries.ts';
import type { Load } from './messages.ts';
import type { Writer } from './writer.ts';

/**
 * Refuses an answer that is suspiciously short, where the definition says what is normal. The next attempt asks for
 * everything again: the source may have more by then.
 *
 * @param tries how often Temporal has tried, this time included
 * @throws HTTP_TOO_FEW_ROWS (retried a few times) · LOAD_OVERTAKEN
 */
export async function refuseTooFew(
  definition: TableDefinition,
  load: Load,
  writer: Writer,
  tries: number,
): Promise<void> {
  const minRows = 'minRows' in definition ? definition.minRows : 0;
  const { rows } = writer;
  if (rows >= minRows) return;
  await writer.discard();
  throw new MillraceError(
    'HTTP_TOO_FEW_ROWS',
    `${definition.kind} '${definition.name}' ${load.interval.start}: the source gave ${rows} rows, and fewer than ${minRows} is not normal here. The last good rows stay. If it is normal, set minRows: ${rows}; if the source has them later, a longer 'offset'.`,
    {
      retryable: isEarly(tries),
      context: { table: load.table, interval: load.interval.start, rows, minRows },
    },
  );
}

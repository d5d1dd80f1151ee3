import type { DruidClient } from '../clients/druid.ts';
import type { StreamDefinition } from '../definition/definition.ts';
import type { ErrorCode } from '../errors.ts';
import type { Names } from '../names.ts';
import { type NextOffsets, positionsOf, readTo, saidBy } from './positions.ts';
import { missingSegments, type SegmentDeps } from './segments.ts';
import { failureText } from './text.ts';

/** Whom to ask what Druid has read of a stream. */
export interface ReadDeps {
  names: Names;
  druid: Pick<DruidClient, 'supervisorStatus' | 'taskOffsets' | 'lastFailure'>;
}

/** Whom to ask what Druid answers from, too. */
export interface CompleteDeps extends ReadDeps {
  druid: ReadDeps['druid'] & SegmentDeps;
}

/** What Druid would answer without. */
export interface Lack {
  code: ErrorCode;
  /** A sentence. */
  text: string;
}

/**
 * Would Druid answer with every event of a stream before these clean offsets? Its tasks have to have read them (or, one
 * of them having started anew, to have read them again), and its broker to know of all segments.
 * @returns what it lacks
 */
export async function lackOf(
  deps: CompleteDeps,
  stream: StreamDefinition,
  upTo: NextOffsets,
): Promise<Lack | undefined> {
  const unread = await unreadOf(deps, stream, upTo);
  if (unread !== undefined) return { code: 'STREAM_NOT_DRAINED', text: unread };
  const missing = await missingSegments(deps.druid, deps.names.datasource(stream));
  if (missing === undefined) return undefined;
  return { code: 'DRUID_SEGMENTS_MISSING', text: `${missing}, so an answer would lack rows.` };
}

/**
 * What Druid's tasks have not read of a stream before these clean offsets, as a sentence. Asked of the tasks: what the
 * supervisor knows is 30 s old.
 */
export async function unreadOf(
  { druid, names }: ReadDeps,
  stream: StreamDefinition,
  upTo: NextOffsets,
): Promise<string | undefined> {
  const wanted = [...upTo].filter(([, offset]) => offset > 0n);
  if (wanted.length === 0) return undefined;
  const id = names.datasource(stream);
  const positions = await positionsOf(druid, id);
  if (positions === undefined) return `Druid has no supervisor '${id}'. 'npx millrace apply' makes it.`;
  for (const [partition, offset] of wanted) {
    const reached = readTo(positions, partition) ?? 0n;
    if (reached >= offset) continue;
    const { state, detailedState = state } = positions.supervisor;
    const read = `is known to have read partition ${partition} to ${reached} of ${offset}`;
    const failure = await druid.lastFailure(id);
    const why = [...saidBy(positions), ...(failure === undefined ? [] : [failureText(failure)])];
    return `Stream '${stream.name}' is not drained: Druid's supervisor '${id}' (${detailedState}) ${[read, ...why].join('; ')}.`;
  }
  return undefined;
}

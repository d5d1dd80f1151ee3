import type { StreamDefinition } from '../../../definition/definition.ts';
import { MillraceError } from '../../../errors.ts';
import { failureText } from '../../../intake/index.ts';
import { positionsOf, readTo, saidBy } from '../../../intake/positions.ts';
import type { LoadDeps } from '../../deps.ts';
import type { Offsets } from '../../messages.ts';
import type { Progress } from '../../patience.ts';

/** Have Druid's tasks passed these clean offsets? Asked of the tasks: what the supervisor knows is 30 s old. */
export async function queryableTo(
  { druid, names }: Pick<LoadDeps, 'druid' | 'names'>,
  stream: StreamDefinition,
  clean: Record<string, string>,
): Promise<Progress<true>> {
  const wanted = Object.entries(clean).filter(([, offset]) => offset !== '0');
  if (wanted.length === 0) return { reached: true };
  const id = names.datasource(stream);
  const positions = await positionsOf(druid, id);
  if (positions === undefined) {
    return { missing: `Druid has no supervisor '${id}'. 'millrace apply' makes it.` };
  }
  for (const [partition, offset] of wanted) {
    const reached = readTo(positions, Number(partition)) ?? 0n;
    if (reached < BigInt(offset)) {
      const { state, detailedState = state } = positions.supervisor;
      const read = `is known to have read partition ${partition} to ${reached} of ${offset}`;
      const failure = await druid.lastFailure(id);
      const why = [...saidBy(positions), ...(failure === undefined ? [] : [failureText(failure)])];
      return {
        missing: `Stream '${stream.name}' is not drained: Druid's supervisor '${id}' (${detailedState}) ${[read, ...why].join('; ')}.`,
      };
    }
  }
  return { reached: true };
}

/**
 * Refuses to go on while Druid has not (or, its task having started anew, no longer) read up to this coverage.
 * @throws STREAM_NOT_DRAINED (retried)
 */
export async function refuseUndrained(
  deps: LoadDeps,
  streams: StreamDefinition[],
  coverage: Offsets,
): Promise<void> {
  for (const stream of streams) {
    const progress = await queryableTo(deps, stream, coverage[stream.name] ?? {});
    if ('missing' in progress) throw new MillraceError('STREAM_NOT_DRAINED', progress.missing);
  }
}

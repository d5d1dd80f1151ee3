import { compareCounters } from '../../src/balance/compare/counters.ts';
import type { Difference } from '../../src/balance/report.ts';
import { firstCut, secondCut } from '../../src/balance/topics.ts';
import type { StreamDefinition } from '../../src/definition/definition.ts';
import type { IngestEnv } from './ingest-env.ts';

/** Where counters and topics differ, as `millrace balance` finds it; such an env has neither a catalogue nor Druid. */
export async function differencesOf(
  { kafka, names }: Pick<IngestEnv, 'kafka' | 'names'>,
  stream: StreamDefinition,
): Promise<Difference[]> {
  const quiet = () => undefined;
  const declared = new Set(stream.fields.map(({ name }) => name));
  const deps = { kafka, names, say: quiet, progress: quiet };
  const audited = { stream, declared, windowMs: stream.dedupeMs };
  const grid = { lengthMs: 900_000, fromMs: -Infinity, toMs: Infinity };
  const first = await firstCut(deps, audited, grid, quiet);
  const { partitions } = await secondCut(deps, audited, first);
  return partitions.flatMap((books) => compareCounters(books).differences);
}

import type { StreamCoverage } from './marks/ahead.ts';

/** Per stream and partition (decimal text): an offset (decimal text). */
export type Offsets = Record<string, Record<string, string>>;

/**
 * Under this key a coverage names, by stream, Kafka's id of the clean topic that its offsets are of: those of a topic
 * that was made anew start again. No stream is called so, and a worker of the version before does not look at it.
 */
export const CLEAN_TOPICS = '#cleanTopics';

/** How far a load had come in one stream, as marks are compared with it. */
export function streamCoverage(
  { coverage, loadedAt }: { coverage: Offsets; loadedAt: string },
  stream: string,
): StreamCoverage {
  const incarnation = coverage[CLEAN_TOPICS]?.[stream];
  return {
    offsets: coverage[stream] ?? {},
    loadedAt,
    ...(incarnation === undefined ? {} : { incarnation }),
  };
}

import { z } from 'zod';

/** What became of the raw records of one partition, since the counters began. raw = the sum of the others. */
export interface Counts {
  raw: number;
  clean: number;
  dead: number;
  duplicate: number;
  filtered: number;
}

/**
 * What travels with every offset that ingest commits, in the same Kafka transaction as the records it speaks of:
 * the single source of the counters and of the drain gate, so that no crash can skew them.
 */
export interface CommitMetadata {
  /** Offset after the last clean record that we produced from this raw partition; 0 before the first. */
  clean: bigint;
  counts: Counts;
  /** The raw offset at which the counters began. Absent in commits from before it was recorded: 0, as far as is known. */
  countsFrom?: bigint;
  /** Newest arrival seen on the raw partition, Unix ms: the dedupe window reaches back from here. */
  newestMs: number;
  /** Kafka's id of the clean topic that `clean` is an offset of. Absent in commits from before it was recorded. */
  cleanTopic?: string;
  /** Kafka's id of the raw topic that the committed position is one of. Absent in commits from before it was recorded. */
  rawTopic?: string;
}

const count = z.int().min(0);
const offset = z.string().regex(/^\d{1,19}$/);
const WIRE = z.object({
  v: z.literal(1),
  clean: offset,
  counts: z.object({ raw: count, clean: count, dead: count, duplicate: count, filtered: count }),
  from: offset.optional(),
  newest: count,
  topic: z.string().optional(),
  raw: z.string().optional(),
});

export const NO_COUNTS: Readonly<Counts> = { raw: 0, clean: 0, dead: 0, duplicate: 0, filtered: 0 };

/** The text that Kafka stores beside the offset; far below its limit of 4,096 bytes. */
export function encodeCommit({
  clean,
  counts,
  countsFrom,
  newestMs,
  cleanTopic,
  rawTopic,
}: CommitMetadata): string {
  const known = {
    ...(countsFrom === undefined ? {} : { from: countsFrom.toString() }),
    ...(cleanTopic === undefined ? {} : { topic: cleanTopic }),
    ...(rawTopic === undefined ? {} : { raw: rawTopic }),
  };
  const wire: z.input<typeof WIRE> = { v: 1, clean: clean.toString(), counts, newest: newestMs, ...known };
  return JSON.stringify(wire);
}

/** Reads what `encodeCommit` wrote; undefined for anything else. */
export function decodeCommit(text: string | undefined): CommitMetadata | undefined {
  if (text === undefined || text === '') return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = WIRE.safeParse(json);
  if (!parsed.success) return undefined;
  const { clean, counts, from, newest: newestMs, topic, raw } = parsed.data;
  return {
    clean: BigInt(clean),
    counts,
    newestMs,
    ...(from === undefined ? {} : { countsFrom: BigInt(from) }),
    ...(topic === undefined ? {} : { cleanTopic: topic }),
    ...(raw === undefined ? {} : { rawTopic: raw }),
  };
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    raw: a.raw + b.raw,
    clean: a.clean + b.clean,
    dead: a.dead + b.dead,
    duplicate: a.duplicate + b.duplicate,
    filtered: a.filtered + b.filtered,
  };
}

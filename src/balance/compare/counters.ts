import { NO_COUNTS } from '../../store/commit.ts';
import type { CleanPartition } from '../books/clean-partition.ts';
import type { CommittedPartition } from '../books/committed.ts';
import type { DeadBook } from '../books/dead.ts';
import type { RawBook } from '../books/raw.ts';
import { noFindings, type Difference, type Findings } from '../report.ts';

/** The books of one partition, all up to the same commit of our consumer. */
export interface PartitionBooks {
  partition: number;
  /** Undefined: our consumer has committed nothing there. */
  committed: CommittedPartition | undefined;
  raw: RawBook | undefined;
  clean: CleanCount;
  dead: DeadBook;
}

export interface CleanCount extends Pick<CleanPartition, 'odd'> {
  ids: Omit<CleanPartition['ids'], 'note'>;
  /** Records before the clean offset of the commit. */
  records: number;
  /** Records behind it that stood there before the commit was looked at. */
  foreign: number;
  /** The end of the partition. */
  end: bigint;
  /** Retention has removed its beginning. */
  isCut: boolean;
}

const ONCE = 'The difference is the size of what happened; it stays.';

/** Holds the counters of a partition against each other, and against the topics. */
export function compareCounters(books: PartitionBooks): Findings {
  const found = noFindings();
  const { partition, clean } = books;
  found.differences.push(...ofRaw(books), ...ofClean(books), ...ofRecords(books), ...ofDead(books));
  if (clean.isCut) found.notes.push(`clean/${partition} begins later than the counters: compared one way`);
  if (books.dead.isCut)
    found.notes.push(`dead/${partition} begins later than the counters: compared one way`);
  if (books.raw?.isAtMost)
    found.notes.push(
      `raw/${partition}: ${books.raw.records - (books.committed?.counts.raw ?? 0)} offsets before our position were not counted: ends of transactions, or records that retention removed before they were read`,
    );
  if (clean.ids.forgotten > 0)
    found.notes.push(
      `clean/${partition}: ${clean.ids.forgotten} ids were forgotten within the dedupe window for want of memory: repetitions of those do not show`,
    );
  return found;
}

function ofRaw({ partition, committed, raw }: PartitionBooks): Difference[] {
  if (committed === undefined) return [];
  const { counts } = committed;
  const parts = counts.clean + counts.dead + counts.duplicate + counts.filtered;
  const found: Difference[] = [];
  const differs = (expected: number, means: string) =>
    void found.push({ side: 'raw', interval: null, partition, expected, found: counts.raw, means });
  if (parts !== counts.raw)
    differs(
      parts,
      'The counters themselves: raw is not the sum of clean, dead, duplicate and filtered. This is a fault of millrace.',
    );
  if (raw === undefined) return found;
  if (counts.raw > raw.records)
    differs(
      raw.records,
      `More records were counted than the raw topic has had up to our position: it was read twice, was made anew, or has lost its last records. ${ONCE}`,
    );
  else if (counts.raw < raw.records && !raw.isAtMost)
    differs(
      raw.records,
      `Records before our position were not counted: they were passed over, or the counters began anew because the consumer group lost its offsets. ${ONCE}`,
    );
  return found;
}

function ofClean({ partition, committed, clean }: PartitionBooks): Difference[] {
  const found: Difference[] = [];
  const differs = (expected: number, present: number, means: string) =>
    void found.push({ side: 'clean', interval: null, partition, expected, found: present, means });
  const counted = (committed?.counts ?? NO_COUNTS).clean;
  const { records, foreign } = clean;
  if (committed !== undefined && committed.clean > clean.end)
    differs(
      counted,
      records,
      `The topic ends at offset ${clean.end}, and was written up to ${committed.clean}: it has lost its last records, or was made anew (CLEAN_TOPIC_CUT in docs/errors.md).`,
    );
  else if (records > counted)
    differs(
      counted,
      records,
      `There are more records than were counted: somebody else writes to the topic, or events were written twice, or the counters began anew because the consumer group lost its offsets. ${ONCE}`,
    );
  else if (records < counted && !clean.isCut)
    differs(counted, records, `Records are gone from the topic, or it was made anew. ${ONCE}`);
  if (foreign > 0)
    differs(
      0,
      foreign,
      committed === undefined
        ? "The consumer group has no position there: its offsets expired, or were deleted. A worker with the role 'ingest' rebuilds them when it starts."
        : `They lie behind the last record that our consumer has written (offset ${committed.clean}): somebody else writes to the topic.`,
    );
  return found;
}

/** What a look at each clean record tells. */
function ofRecords({ partition, clean: { odd, ids } }: PartitionBooks): Difference[] {
  const found: Difference[] = [];
  const differs = (present: number, means: string) =>
    void found.push({ side: 'clean', interval: null, partition, expected: 0, found: present, means });
  if (odd !== undefined)
    differs(
      odd.count,
      `Records that our writer does not write; the first lies at offset ${odd.offset}: ${odd.what}. Somebody else writes to the topic, or a version from before 'the declared fields alone' wrote them.`,
    );
  if (ids.example !== undefined)
    differs(
      ids.count,
      `Ids that stand twice within the dedupe window; the first is '${ids.example.id.slice(0, 80)}' at offsets ${ids.example.first} and ${ids.example.again}. Druid and the rollups count both.`,
    );
  return found;
}

function ofDead({ partition, committed, dead }: PartitionBooks): Difference[] {
  const found: Difference[] = [];
  const differs = (expected: number, present: number, means: string) =>
    void found.push({ side: 'dead', interval: null, partition, expected, found: present, means });
  const counted = (committed?.counts ?? NO_COUNTS).dead;
  if (dead.letters > counted)
    differs(
      counted,
      dead.letters,
      `There are more dead letters than were counted: they were written twice, or the counters began anew. ${ONCE}`,
    );
  else if (dead.letters < counted && !dead.isCut)
    differs(counted, dead.letters, `Dead letters are gone from the topic, or it was made anew. ${ONCE}`);
  if (dead.foreign > 0)
    differs(
      0,
      dead.foreign,
      'Records without the headers of a dead letter: somebody else writes to the topic.',
    );
  return found;
}

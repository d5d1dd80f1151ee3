import { NO_COUNTS } from '../../store/commit.ts';
import { cutTo } from '../../wording.ts';
import type { PartitionBooks } from '../books/partition.ts';
import { merged, type Difference, type Findings } from '../report.ts';

/** Holds the counters of a partition against each other, and against the topics. */
export function compareCounters(books: PartitionBooks): Findings {
  const { partition } = books;
  const of = (side: string, found: Found[]) =>
    found.map((one): Difference => ({ side, interval: null, partition, ...one }));
  return merged([
    {
      differences: [
        ...of('raw', ofRaw(books)),
        ...of('clean', [...ofClean(books), ...ofRecords(books)]),
        ...of('dead', ofDead(books)),
      ],
      notes: notesOn(books),
    },
  ]);
}

/** A difference in one book of one partition. */
type Found = Pick<Difference, 'expected' | 'found' | 'means' | 'remedy'>;

const PAST = 'This is the size of a past accident. No reload removes it.';
const MAX_ID_LENGTH = 80;

function notesOn({ partition, committed, raw, clean, dead }: PartitionBooks): string[] {
  const notes: string[] = [];
  if (clean.isCut) notes.push(`clean/${partition} begins later than the counters: compared one way`);
  if (dead.isCut) notes.push(`dead/${partition} begins later than the counters: compared one way`);
  if (raw?.isAtMost)
    notes.push(
      `raw/${partition}: ${raw.records - (committed?.metadata.counts.raw ?? 0)} offsets before our position were not counted: ends of transactions, or records that retention removed before they were read`,
    );
  if (clean.ids.forgotten > 0)
    notes.push(
      `clean/${partition}: ${clean.ids.forgotten} ids were forgotten within the dedupe window for want of memory: repetitions of those do not show`,
    );
  return notes;
}

function ofRaw({ committed, raw }: PartitionBooks): Found[] {
  if (committed === undefined) return [];
  const { counts } = committed.metadata;
  const parts = counts.clean + counts.dead + counts.duplicate + counts.filtered;
  const found: Found[] = [];
  if (parts !== counts.raw)
    found.push({
      expected: parts,
      found: counts.raw,
      means:
        'The counters themselves: raw is not the sum of clean, dead, duplicate and filtered. This is a fault of millrace.',
    });
  if (raw !== undefined && counts.raw > raw.records)
    found.push({
      expected: raw.records,
      found: counts.raw,
      means:
        'More records were counted than the raw topic has had up to our position: it was read twice, was made anew, or has lost its last records.',
      remedy: PAST,
    });
  if (raw !== undefined && counts.raw < raw.records && !raw.isAtMost)
    found.push({
      expected: raw.records,
      found: counts.raw,
      means:
        'Records before our position were not counted: they were passed over, or the counters began anew because the consumer group lost its offsets.',
      remedy: PAST,
    });
  return found;
}

function ofClean({ committed, clean: { records, foreign, end, isCut } }: PartitionBooks): Found[] {
  const expected = (committed?.metadata.counts ?? NO_COUNTS).clean;
  const found: Found[] = [];
  if (committed !== undefined && committed.metadata.clean > end)
    found.push({
      expected,
      found: records,
      means: `The topic ends at offset ${end}, and was written up to ${committed.metadata.clean}: it has lost its last records, or was made anew.`,
      remedy: 'CLEAN_TOPIC_CUT in docs/errors.md says what to do.',
    });
  else if (records > expected)
    found.push({
      expected,
      found: records,
      means:
        'There are more records than were counted: somebody else writes to the topic, or events were written twice, or the counters began anew because the consumer group lost its offsets.',
      remedy: PAST,
    });
  else if (records < expected && !isCut)
    found.push({
      expected,
      found: records,
      means: 'Records are gone from the topic, or it was made anew.',
      remedy: PAST,
    });
  if (foreign > 0) found.push({ expected: 0, found: foreign, ...foreignText(committed) });
  return found;
}

function foreignText(committed: PartitionBooks['committed']): Pick<Found, 'means' | 'remedy'> {
  if (committed === undefined)
    return {
      means: 'The consumer group has no position there: its offsets expired, or were deleted.',
      remedy: "A worker with the role 'ingest' rebuilds them when it starts.",
    };
  return {
    means: `They lie behind the last record that our consumer has written (offset ${committed.metadata.clean}): somebody else writes to the topic.`,
  };
}

/** What a look at each clean record tells. */
function ofRecords({ clean: { odd, ids } }: PartitionBooks): Found[] {
  const found: Found[] = [];
  if (odd !== undefined)
    found.push({
      expected: 0,
      found: odd.count,
      means: `Records that our writer does not write; the first lies at offset ${odd.offset}: ${odd.what}. Somebody else writes to the topic, or a version from before 'the declared fields alone' wrote them.`,
    });
  if (ids.example !== undefined)
    found.push({
      expected: 0,
      found: ids.count,
      means: `Ids that stand twice within the dedupe window; the first is '${cutTo(MAX_ID_LENGTH, ids.example.id)}' at offsets ${ids.example.first} and ${ids.example.again}. Druid and the rollups count both.`,
    });
  return found;
}

function ofDead({ committed, dead }: PartitionBooks): Found[] {
  const expected = (committed?.metadata.counts ?? NO_COUNTS).dead;
  const found: Found[] = [];
  if (dead.letters > expected)
    found.push({
      expected,
      found: dead.letters,
      means:
        'There are more dead letters than were counted: they were written twice, or the counters began anew.',
      remedy: PAST,
    });
  if (dead.letters < expected && !dead.isCut)
    found.push({
      expected,
      found: dead.letters,
      means: 'Dead letters are gone from the topic, or it was made anew.',
      remedy: PAST,
    });
  if (dead.foreign > 0)
    found.push({
      expected: 0,
      found: dead.foreign,
      means: 'Records without the headers of a dead letter: somebody else writes to the topic.',
    });
  return found;
}

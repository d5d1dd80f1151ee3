import type { Mutant } from '../mutant.ts';

const TRANSACT = 'test/unit/ingest/path/transact.test.ts';
const JUDGE = 'test/unit/ingest/path/judge.test.ts';
const WATCHDOG = 'test/unit/ingest/membership/watchdog.test.ts';

/** From the raw to the clean topic. */
export const INGEST: readonly Mutant[] = [
  {
    name: 'a position is committed before the records are written',
    contract: 9,
    file: 'src/ingest/path/transact.ts',
    find: '  const written = await write(opened(state.producer)',
    replace: '  await commit(state, next, reached);\n  const written = await write(opened(state.producer)',
    test: { file: TRANSACT, name: 'a transaction writes clean events, then dead letters, and commits last' },
  },
  {
    name: 'the position that is committed is that of the fetch, not of the transaction',
    contract: 9,
    file: 'src/ingest/path/transact.ts',
    find: 'to === records.length ? next : offsetAt(records, to)',
    replace: 'next',
    test: {
      file: TRANSACT,
      name: 'a transaction that takes a part of what was fetched commits the position after that part',
    },
  },
  {
    name: 'ids are remembered before their transaction is through',
    contract: 9,
    file: 'src/ingest/path/transact.ts',
    find: '  const to = from + judged.taken;',
    replace: '  const to = from + judged.taken;\n  remember(state, judged, written.offsets, bucketLengthMs);',
    test: { file: TRANSACT, name: 'of a transaction that failed nothing is remembered' },
  },
  {
    name: 'the counters of a commit are those of its transaction alone',
    contract: 9,
    file: 'src/ingest/path/transact.ts',
    find: 'addCounts(reached.counts, judged.counts)',
    replace: 'judged.counts',
    test: { file: TRANSACT, name: 'a commit carries the sum of the counters' },
  },
  {
    name: 'a transaction without clean events forgets where the clean topic ends',
    contract: 8,
    file: 'src/ingest/path/transact.ts',
    find: 'written.next ?? reached.clean',
    replace: 'written.next ?? 0n',
    test: { file: TRANSACT, name: 'a commit carries the sum of the counters' },
  },
  {
    name: 'a transaction that went through unheard is repeated',
    contract: 9,
    file: 'src/ingest/path/fetch.ts',
    find: '      // What happened to the failed transaction, the committed position tells.\n      at = firstFrom(records, lane.position);\n',
    replace: '',
    test: {
      file: 'test/unit/ingest/membership/session.test.ts',
      name: 'does not repeat a transaction whose commit went through before its answer was lost',
    },
  },
  {
    name: 'portions are measured in characters',
    contract: 9,
    file: 'src/ingest/path/record-size.ts',
    find: 'Buffer.byteLength(part)',
    replace: 'part.length',
    test: {
      file: 'test/unit/ingest/path/write.test.ts',
      name: 'the bytes, not the characters, of headers',
    },
  },
  {
    name: 'an id that comes twice in one transaction is clean twice',
    contract: 9,
    file: 'src/ingest/path/judge.ts',
    find: '  own.set(id, arrivalMs);\n',
    replace: '',
    test: { file: JUDGE, name: 'a chunk counts each record once: clean, dead or duplicate' },
  },
  {
    name: "the dedupe window reaches back from our clock, not from the partition's newest arrival",
    contract: 9,
    file: 'src/ingest/path/judge.ts',
    find: 'window.covers(own.get(id) ?? NEVER, judged.newestMs)',
    replace: 'window.covers(own.get(id) ?? NEVER, input.nowMs)',
    test: { file: JUDGE, name: 'an id that comes twice in a chunk a day ago is a duplicate' },
  },
  {
    name: 'an undeclared field is written to the clean topic',
    contract: 9,
    file: 'src/ingest/path/event/judge-event.ts',
    find: 'return judgeFields(checked.value);',
    replace: 'return judgeFields({ ...Object(event), ...checked.value });',
    test: {
      file: 'test/unit/ingest/path/event/judge-event.test.ts',
      name: 'clean, without the fields that the definition does not know',
    },
  },
  {
    name: 'a dead letter does not say why',
    contract: 9,
    file: 'src/ingest/path/event/dead-letter.ts',
    find: 'reason: reason.code,',
    replace: "reason: 'INVALID',",
    test: {
      file: 'test/unit/ingest/path/event/dead-letter.test.ts',
      name: 'a dead letter keeps the bytes and says where they came from and why',
    },
  },
  {
    name: 'the watchdog looks at all lanes together',
    contract: 14,
    file: 'src/ingest/membership/watchdog.ts',
    find: 'if (stuck.length > 0) {',
    replace: 'if (stuck.length > 0 && stuck.length === seen.lanes.size) {',
    test: { file: WATCHDOG, name: 'sees one lane that stands still among others that move, and names it' },
  },
  {
    name: 'a raw topic that was made anew under a running consumer is not noticed',
    contract: 14,
    file: 'src/ingest/membership/watchdog.ts',
    find: "    if (rawId !== rawTopic.id) failed.reject(madeAnew(topic, 'read'));\n",
    replace: '',
    test: { file: WATCHDOG, name: 'fails when the raw topic is another, whose commits are no proof' },
  },
  {
    name: 'a clean topic forgets ids that the dedupe window still needs',
    contract: 9,
    file: 'src/targets/kafka/topics.ts',
    find: 'RAW_RETENTION_MS + stream.dedupeMs',
    replace: 'RAW_RETENTION_MS',
    test: {
      file: 'test/unit/targets/kafka/topics.test.ts',
      name: 'a clean topic outlives a dedupe window of',
    },
  },
  {
    name: 'the dedupe window is empty after a restart',
    contract: 9,
    file: 'src/ingest/recovery/catch-up.ts',
    find: 'emptyMemory(deps, await windowStart(deps, reached))',
    replace: 'emptyMemory(deps, reached.clean)',
    test: {
      file: 'test/live/ingest.test.ts',
      name: 'an id that was clean before a restart is a duplicate after it',
    },
  },
  {
    name: 'a raw log that lost its tail is read from its beginning again',
    contract: 9,
    file: 'src/ingest/recovery/take-over.ts',
    find: 'isCut ? ((await rebuild(state.deps, signal))?.position ?? low) : low',
    replace: 'low',
    test: {
      file: 'test/live/ingest-rebuild.test.ts',
      name: 'goes on where it ends where it is the raw one',
    },
  },
  {
    name: 'an emptied clean topic counts as one that never had an event',
    contract: 8,
    file: 'src/ingest/recovery/clean-end.ts',
    find: 'hadEvents(clean) ? 1n : 0n',
    replace: '0n',
    test: {
      file: 'test/live/ingest-rebuild.test.ts',
      name: 'still says that there were events, so that a load does not replace their rows by none',
    },
  },
  {
    name: 'ends are asked for as a reader of committed records',
    contract: 8,
    file: 'src/clients/kafka/kafkajs/ends.ts',
    find: 'const READ_UNCOMMITTED = 0;',
    replace: 'const READ_UNCOMMITTED = 1;',
    test: {
      file: 'test/live/kafka-port.test.ts',
      name: 'the end of a partition lies behind a transaction that is still open, and its bounds before it',
    },
  },
];

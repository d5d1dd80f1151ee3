import type { Mutant } from '../mutant.ts';

const HASHES = 'test/unit/apply/hashes.test.ts';

/** What was defined, what it is called, and what is remembered of it. */
export const DEFINITION: readonly Mutant[] = [
  {
    name: 'a default enters the data hash',
    contract: 1,
    file: 'src/definition/facts.ts',
    find: 'return isSame(written, fact.default) ? [] : [[name, written]];',
    replace: 'return [[name, written]];',
    test: {
      file: HASHES,
      name: 'an option with a default that is added to a kind moves no hash, and counts once it is given',
    },
  },
  {
    name: 'who owns a table is a part of the data hash',
    contract: 1,
    file: 'src/definition/facts.ts',
    find: "    if (which === 'numbers' && fact.decides === 'operation') return [];\n",
    replace: '',
    test: { file: HASHES, name: 'is operational: another definition, the same data' },
  },
  {
    name: 'a changed query is no other data',
    contract: 1,
    file: 'src/sources/http/facts.ts',
    find: 'query: data({ default: HTTP_DEFAULTS.query }),',
    replace: 'query: operational({ default: HTTP_DEFAULTS.query }),',
    test: { file: HASHES, name: 'changes the data' },
  },
  {
    name: 'a column of the key may be without a value',
    contract: 4,
    file: 'src/define/columns.ts',
    find: 'if (field.nullable || field.optional) {',
    replace: 'if (field.nullable && field.optional) {',
    test: { file: 'test/unit/define/definitions.test.ts', name: 'must always have' },
  },
  {
    name: 'two envs share a consumer group',
    contract: 15,
    file: 'src/names.ts',
    find: 'consumerGroup: (stream: string) => `${topicBase(stream)}.ingest`,',
    replace: "consumerGroup: (stream: string) => `${stream.replaceAll('_', '-')}.ingest`,",
    test: {
      file: 'test/unit/names.test.ts',
      name: 'no two envs can meet, on any server, whatever their definitions are called',
    },
  },
  {
    name: 'the first offset that a load has not covered counts as covered',
    contract: 10,
    file: 'src/store/marks/ahead.ts',
    find: 'return mark.offset >= BigInt(',
    replace: 'return mark.offset > BigInt(',
    test: { file: 'test/unit/store/marks/ahead.test.ts', name: 'the first offset that is not covered' },
  },
  {
    name: 'marks that could not be written are forgotten',
    contract: 10,
    file: 'src/store/marks/writer.ts',
    find: '      keep(pending, buckets);\n',
    replace: '',
    test: {
      file: 'test/unit/store/marks/writer.test.ts',
      name: 'what could not be written is kept, and merged with what came after',
    },
  },
  {
    name: 'a worker of the version before cannot write the ledger any more',
    contract: 17,
    file: 'src/store/marks/statements.ts',
    find: 'INSERT INTO ${progress} (stream, incarnation, partition_no, clean_offset) VALUES',
    replace: 'INSERT INTO ${progress} VALUES',
    test: {
      file: 'test/unit/store/inserts.test.ts',
      name: 'every INSERT names its columns, so that a worker of the version before goes on beside a migrated store',
    },
  },
];

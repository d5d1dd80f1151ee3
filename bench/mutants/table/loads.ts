import type { Mutant } from '../mutant.ts';

const ENTITIES = 'test/live/entities.test.ts';
const LOADS = 'test/live/loads.test.ts';
const SWAP = 'test/unit/activities/swap.test.ts';
const WAITS = 'test/unit/load/waits/stream/index.test.ts';
const REFRESH = 'test/unit/workflows/refresh.test.ts';

/** From a source to the table. */
export const OF_LOADS: readonly Mutant[] = [
  {
    name: 'an attempt that was overtaken still stages',
    contract: 6,
    file: 'src/load/writer.ts',
    find: '    await deps.loads.holdAttempt(tx, load, attempt);\n    return work(tx);',
    replace: '    return work(tx);',
    test: { file: LOADS, name: 'and wakes up between two pages adds nothing to the stage' },
  },
  {
    name: 'an attempt that was overtaken still swaps',
    contract: 6,
    file: 'src/activities/swap.ts',
    find: '        await loads.holdAttempt(tx, load, staged.attempt);\n',
    replace: '',
    test: { file: LOADS, name: 'can neither stage nor swap, and leaves what the newer one made' },
  },
  {
    name: 'the attempts of one load share a number',
    contract: 6,
    file: 'src/store/loads.ts',
    find: '[newest + 1, load.loadId, activityTry, ...interval],\n        );\n        return newest + 1;',
    replace:
      '[holder === BigInt(load.loadId) ? newest : newest + 1, load.loadId, activityTry, ...interval],\n        );\n        return holder === BigInt(load.loadId) ? newest : newest + 1;',
    test: { file: LOADS, name: 'by another attempt of the same load can neither stage nor swap' },
  },
  {
    name: 'an older run takes the fence back',
    contract: 6,
    file: 'src/store/loads.ts',
    find: 'if (holder > BigInt(load.loadId) || isLater) throw overtaken(load, newest);',
    replace: 'if (isLater) throw overtaken(load, newest);',
    test: { file: LOADS, name: 'by a later run takes no attempt any more' },
  },
  {
    name: 'a load that the ledger has is loaded again',
    contract: 7,
    file: 'src/activities/swap.ts',
    find: '        if (before?.loadId === load.loadId) return { rows: before.rows, replacedRows: before.rows };\n',
    replace: '',
    test: { file: LOADS, name: 'done twice is a no-op the second time, and reports the same rows' },
  },
  {
    name: 'a swap takes a key that another interval owns',
    contract: 4,
    file: 'src/store/writes/interval.ts',
    find: '`INSERT INTO ${table} (${columns',
    replace: '`REPLACE INTO ${table} (${columns',
    test: {
      file: LOADS,
      name: 'fails it by name too when it is taken between the checks and the swap',
    },
  },
  {
    name: 'an older state of a key takes the place of a newer one',
    contract: 4,
    file: 'src/store/writes/upsert.ts',
    find: 'VALUES(${time}) >= ${table}.${time}',
    replace: 'VALUES(${time}) >= 0',
    test: { file: ENTITIES, name: 'keep their newest state in whatever order intervals are loaded' },
  },
  {
    name: 'a decimal is rounded',
    contract: 4,
    file: 'src/definition/field-types/decimal.ts',
    find: 'fraction.length > scale || ',
    replace: '',
    test: { file: 'test/unit/definition/own-types.test.ts', name: 'rather than round it' },
  },
  {
    name: 'a row at the very end of the interval is taken',
    contract: 4,
    file: 'src/store/staging.ts',
    find: '${time} >= ?) LIMIT 1',
    replace: '${time} > ?) LIMIT 1',
    test: { file: LOADS, name: 'a row at the end of the interval is refused, one just before it is not' },
  },
  {
    name: 'the ledger is written outside of the transaction of the swap',
    contract: 5,
    file: 'src/activities/swap.ts',
    find: 'await ledger.record(tx, load,',
    replace: 'await ledger.record(db, load,',
    test: {
      file: SWAP,
      name: 'a swap holds its fence, replaces the rows and writes the ledger in one transaction',
    },
  },
  {
    name: 'a load does not record its coverage',
    contract: 10,
    file: 'src/activities/swap.ts',
    find: 'positions: coverage',
    replace: 'positions: {}',
    test: { file: SWAP, name: 'the ledger records how far the load had come' },
  },
  {
    name: 'staged rows are swapped in unchecked',
    contract: 5,
    file: 'src/workflows/refresh.ts',
    find: '  await check(load, staged);\n',
    replace: '',
    test: { file: REFRESH, name: 'swaps nothing when the check refuses' },
  },
  {
    name: 'what was applied since a run began is what it waits for and reads',
    contract: 1,
    file: 'src/load/waits/as-resolved.ts',
    find: 'hash === undefined ? catalogue.byName(name) : catalogue.byHash(hash)',
    replace: 'catalogue.byName(name)',
    test: {
      file: 'test/unit/load/waits/index.test.ts',
      name: 'a load waits for a definition as it was when the load was resolved',
    },
  },
  {
    name: 'a stream counts as drained when no lag is seen, whatever lies behind an open transaction',
    contract: 8,
    file: 'src/load/waits/stream/consumed.ts',
    find: 'if (reached < BigInt(end)) {',
    replace: 'if (reached < (offsets.get(Number(partition))?.high ?? 0n)) {',
    test: { file: WAITS, name: 'a load waits for events that lie behind an open transaction' },
  },
  {
    name: 'a position that somebody has set by hand counts as that of a stream without an event',
    contract: 8,
    file: 'src/load/waits/stream/consumed.ts',
    find: 'if (commit === undefined && (written',
    replace: 'if (position === undefined && (written',
    test: { file: WAITS, name: 'a load waits while nobody knows how far the clean topic was written' },
  },
  {
    name: 'a load does not wait until Druid has read what was written for it',
    contract: 8,
    file: 'src/load/waits/stream/index.ts',
    find: 'unreadOf(deps, definition, nextOffsets(offsets))',
    replace: 'unreadOf(deps, definition, nextOffsets({}))',
    test: { file: WAITS, name: 'a load waits until Druid has passed the last clean offset that we wrote' },
  },
  {
    name: 'an answer of Druid is taken without its end marker',
    contract: 8,
    file: 'src/clients/druid-rows.ts',
    find: 'if (!isEnded || header.length < 3) throw',
    replace: 'if (header.length < 3) throw',
    test: { file: 'test/live/druid-answers.test.ts', name: 'that is cut after any of its lines' },
  },
  {
    name: 'of a datasource only the newest segments are looked at',
    contract: 8,
    file: 'src/intake/segments.ts',
    find: "WHERE datasource = '${datasource}'`,",
    replace:
      "WHERE datasource = '${datasource}' AND \"end\" > TIME_FORMAT(CURRENT_TIMESTAMP - INTERVAL '1' DAY)`,",
    test: {
      file: 'test/unit/intake/segments.test.ts',
      name: 'no answer is taken while a segment outside of the interval is not loaded: the SQL may read it',
    },
  },
  {
    name: 'segments that a task has begun to serve are not waited for',
    contract: 8,
    file: 'src/intake/segments.ts',
    find: 'const unheard = served.segments.filter(({ id }) => !ids.has(id)).length;',
    replace: 'const unheard: number = 0;',
    test: {
      file: 'test/unit/intake/segments.test.ts',
      name: 'no answer is taken while the broker has not heard of a segment outside of the interval',
    },
  },
  {
    name: 'fewer rows than are normal are taken',
    contract: 8,
    file: 'src/load/too-few.ts',
    find: 'if (rows >= minRows) return;',
    replace: 'if (rows > 0) return;',
    test: { file: 'test/unit/load/too-few.test.ts', name: 'too few rows at try' },
  },
  {
    name: 'a backfill loses rows that other intervals add while it waits',
    contract: 3,
    file: 'src/workflows/backfill.ts',
    find: '    const { rows } = await run();\n    progress.rows += rows;\n',
    replace: '    progress.rows += (await run()).rows;\n',
    test: {
      file: 'test/unit/workflows/backfill.test.ts',
      name: 'of 10 runs at a time, and begins the next as one ends',
    },
  },
  {
    name: 'a run that was reset reports what the run before it has loaded',
    contract: 6,
    file: 'src/workflows/refresh.ts',
    find: 'return runId === originalExecutionRunId || runId === work.runId;',
    replace: 'return runId === originalExecutionRunId || work.runId !== undefined;',
    test: {
      file: REFRESH,
      name: 'goes on as a new run where the rows are those of the run before, loaded or not',
    },
  },
  {
    name: 'a fault that cannot pass is tried again for hours',
    contract: 13,
    file: 'src/activities/index.ts',
    find: 'nonRetryable: !error.retryable,',
    replace: 'nonRetryable: false,',
    test: {
      file: 'test/unit/activities/boundary.test.ts',
      name: 'is a failure of its code, final where a retry cannot help',
    },
  },
];

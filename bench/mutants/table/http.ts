import type { Mutant } from '../mutant.ts';

const ROWS = 'test/unit/sources/http/rows.test.ts';

/** What an outside system answers. */
export const HTTP: readonly Mutant[] = [
  {
    name: 'an answer without pages is not asked whether there is more',
    contract: 8,
    file: 'src/sources/http/rows.ts',
    find: 'if (next === undefined) {',
    replace: 'if (next === undefined && kind !== undefined) {',
    test: { file: ROWS, name: 'by a flag in another spelling' },
  },
  {
    name: 'a walk that ends is believed, whatever its last page says',
    contract: 8,
    file: 'src/sources/http/rows.ts',
    find: 'if (next === undefined) {',
    replace: 'if (kind === undefined) {',
    test: { file: ROWS, name: 'that ends while a flag says that there is more is refused' },
  },
  {
    name: 'a total above the rows that were read is overlooked',
    contract: 8,
    file: 'src/sources/http/more/signs.ts',
    find: 'return (sizeIn(value) ?? 0) > rows;',
    replace: 'return false;',
    test: { file: ROWS, name: 'that ends below the total is refused' },
  },
  {
    name: 'a walk that goes on forgets what its earlier attempts have staged',
    contract: 5,
    file: 'src/sources/http/rows.ts',
    find: 'rows: ask.rows };',
    replace: 'rows: 0 };',
    test: { file: ROWS, name: 'that has read the total, with what an earlier attempt has staged, is whole' },
  },
  {
    name: 'an absent cursor is no end of a walk',
    contract: 8,
    file: 'src/sources/http/pages/cursor.ts',
    find: "if (next === undefined || next === null || next === '') return undefined;",
    replace: "if (next === null || next === '') return undefined;",
    test: { file: ROWS, name: 'absent, as in MediaWiki' },
  },
  {
    name: 'a body that was cut is given up like one of another format',
    contract: 13,
    file: 'src/sources/http/formats/json.ts',
    find: 'if (!isCut(text)) throw',
    replace: "if (text !== '') throw",
    test: { file: ROWS, name: 'half a document' },
  },
  {
    name: 'a body of another format is asked for again for as long as a run may take',
    contract: 13,
    file: 'src/load/few-tries.ts',
    find: 'return tries < FEW_TRIES;',
    replace: 'return tries < FEW_TRIES * 1_000;',
    test: { file: ROWS, name: 'JSON that says it is HTML' },
  },
  {
    name: 'the timeout of a request counts from byte to byte',
    contract: 13,
    file: 'src/clients/http.ts',
    find: '      signal,\n      ...wayTo',
    replace: '      timeout: request.timeoutMs,\n      ...wayTo',
    test: {
      file: 'test/unit/clients/http.test.ts',
      name: 'a whole answer has the timeout, not each of its bytes: one that drips is hung up on',
    },
  },
  {
    name: 'a redirect carries the secrets to another host',
    contract: 11,
    file: 'src/clients/http.ts',
    find: 'maxRedirects: 0,',
    replace: 'maxRedirects: 5,',
    test: { file: 'test/unit/clients/http.test.ts', name: '(retried: ' },
  },
  {
    name: 'the pause that a vendor asks for is not kept',
    contract: 13,
    file: 'src/activities/index.ts',
    find: '{ nextRetryDelay: error.retryAfterMs }',
    replace: '{}',
    test: {
      file: 'test/unit/activities/boundary.test.ts',
      name: 'the pause that a vendor asks for is kept, to the millisecond',
    },
  },
  {
    name: 'a secret that was pasted into a header goes into the catalogue',
    contract: 11,
    file: 'src/sources/http/pasted.ts',
    find: 'return isSecretName(name) || holdsToken(value)',
    replace: 'return holdsToken(value)',
    test: {
      file: 'test/unit/sources/http/pasted.test.ts',
      name: 'what bears the name of a secret is refused, and not repeated,',
    },
  },
  {
    name: 'the cause of a failure reaches the history',
    contract: 11,
    file: 'src/activities/index.ts',
    find: 'nonRetryable: !error.retryable,',
    replace: 'nonRetryable: !error.retryable, details: [error.context],',
    test: {
      file: 'test/unit/activities/boundary.test.ts',
      name: 'neither the cause nor the context reaches the history',
    },
  },
];

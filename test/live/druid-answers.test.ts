import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectDruid, type DruidClient } from '../../src/clients/druid.ts';
import { loadConfig, type Config } from '../../src/config.ts';
import { isMillraceError, type MillraceError } from '../../src/errors.ts';
import { druidProxy, refusedAddress, type DruidProxy } from '../support/druid-proxy.ts';

const ROWS = 40;
/** Rows of every type that a rollup can hold, with line ends and text of many bytes in them, computed by Druid. */
const SQL = `SELECT k AS n, CONCAT('é😀 "x" \\ ', U&'\\000A', CAST(k AS VARCHAR)) AS t, k / 3.0 AS d,
  TIMESTAMP '2026-01-05 07:00:00' AS ts
  FROM (VALUES ${Array.from({ length: ROWS }, (_, row) => `(${row})`).join(', ')}) AS v(k)`;
const COUNT = 'SELECT COUNT(*) AS n FROM INFORMATION_SCHEMA.TABLES';

let config: Config;
let proxy: DruidProxy;
let druid: DruidClient;

beforeAll(async () => {
  config = loadConfig();
  proxy = await druidProxy(config.druid.url);
  druid = connectDruid({ ...config.druid, url: proxy.url });
});

beforeEach(() => {
  proxy.fault = { kind: 'none' };
});

afterAll(() => proxy.close());

let queries = 0;
async function streamed(sql = SQL, by = druid): Promise<number> {
  let rows = 0;
  for await (const batch of by.stream(sql, { queryId: `answers-${process.pid}-${queries++}` }))
    rows += batch.rows.length;
  return rows;
}

async function refusalOf(run: Promise<unknown>): Promise<MillraceError> {
  const outcome: unknown = await run.catch((error: unknown) => error);
  if (isMillraceError(outcome)) return outcome;
  throw new Error(`it was to be refused with one of our codes, not ${String(outcome)}`);
}

/** What an answer that was cut there comes to: rows, or our code. */
async function outcomeOf(bytes: number, end: 'clean' | 'reset'): Promise<string> {
  proxy.fault = { kind: 'cut', bytes, end };
  return streamed().then(
    (rows) => `${rows} rows`,
    (error: unknown) => (isMillraceError(error) && error.retryable ? error.code : String(error)),
  );
}

const ACCEPTED = new Set(['DRUID_ANSWER_CUT', 'DRUID_UNAVAILABLE']);

describe('an answer of Druid', () => {
  it('that is whole is taken', async () => {
    expect(await streamed()).toBe(ROWS);
    expect((await druid.rows(COUNT))[0]?.['n']).toBeGreaterThan(0);
  });

  it.each(['clean', 'reset'] as const)(
    'that is cut after any of its lines (%s end) is never taken',
    async (end) => {
      const lines = await wholeBody();
      const cuts = [...lines.keys()].filter((byte) => lines[byte] === 0x0a).map((byte) => byte + 1);
      expect(cuts.length, 'three header lines, the rows, the end marker').toBe(3 + ROWS + 1);
      for (const bytes of [0, ...cuts.slice(0, -1)]) {
        expect(ACCEPTED, `cut after ${bytes} bytes`).toContain(await outcomeOf(bytes, end));
      }
    },
  );

  it('that is cut at any byte is never taken, in 60 places of each kind', async () => {
    const { length } = await wholeBody();
    const ends = ['clean', 'reset'] as const;
    for (let round = 0; round < 60; round++) {
      // The golden ratio spreads the places evenly, and never twice at the same.
      const bytes = Math.floor(((round * 0.618_033_988_75) % 1) * (length - 1));
      for (const end of ends)
        expect(ACCEPTED, `cut after ${bytes} bytes`).toContain(await outcomeOf(bytes, end));
    }
  });

  it('that is small and is cut at any byte is never taken', async () => {
    await druid.rows(COUNT);
    // The last byte is a line end, which JSON can do without.
    const { lastBytes } = proxy;
    for (let bytes = 0; bytes < lastBytes - 1; bytes++) {
      for (const end of ['clean', 'reset'] as const) {
        proxy.fault = { kind: 'cut', bytes, end };
        const error = await refusalOf(druid.rows(COUNT));
        expect(ACCEPTED, `cut after ${bytes} bytes`).toContain(error.code);
        expect(error.retryable).toBe(true);
      }
    }
  });
});

describe('Druid, or what stands before it, says', () => {
  it.each([500, 502, 503, 504, 429])('%i: the query is repeated', async (status) => {
    proxy.fault = { kind: 'status', status, body: '<html>no</html>' };
    const runs = [
      () => streamed(),
      () => druid.rows(COUNT),
      () => druid.supervisorStatus('x'),
      () => druid.postSupervisor({}),
    ];
    for (const run of runs) {
      const error = await refusalOf(run());
      expect(error).toMatchObject({ code: 'DRUID_UNAVAILABLE', retryable: true });
      expect(error.message).toContain(proxy.url);
    }
  });

  it.each([
    ['an unknown table', 'SELECT * FROM no_such_table'],
    ['half a statement', 'SELECT'],
    ['a second statement', 'SELECT 1; SELECT 2'],
  ])('that a query is wrong (%s): it is not repeated', async (_what, sql) => {
    for (const run of [() => streamed(sql), () => druid.rows(sql)]) {
      expect(await refusalOf(run())).toMatchObject({ code: 'DRUID_QUERY_INVALID', retryable: false });
    }
  });

  it('nothing, because nobody listens: the query is repeated', async () => {
    const absent = connectDruid({ ...config.druid, url: await refusedAddress() });
    expect(await refusalOf(streamed(SQL, absent))).toMatchObject({
      code: 'DRUID_UNAVAILABLE',
      retryable: true,
    });
  });
});

describe('a Druid that wants a login', () => {
  const through = (variables: Record<string, string>) =>
    connectDruid(loadConfig({ ...variables, MILLRACE_DRUID_URL: proxy.url }).druid);

  beforeEach(() => {
    proxy.fault = { kind: 'login', username: 'millrace', password: 'pä$$:word' };
  });

  it('is given the one of the settings', async () => {
    const logged = through({ MILLRACE_DRUID_USERNAME: 'millrace', MILLRACE_DRUID_PASSWORD: 'pä$$:word' });
    expect(await streamed(SQL, logged)).toBe(ROWS);
    expect(await logged.rows(COUNT)).toHaveLength(1);
  });

  it.each([
    ['none', {}, /401 Unauthorized/],
    [
      'a wrong one',
      { MILLRACE_DRUID_USERNAME: 'millrace', MILLRACE_DRUID_PASSWORD: 'guess-me' },
      /403 Forbidden/,
    ],
  ])(
    'says which settings to give when it gets %s, and the query is not called wrong',
    async (_what, variables, says) => {
      const logged = through(variables);
      const runs = [
        () => streamed(SQL, logged),
        () => logged.rows(COUNT),
        () => logged.supervisor('x'),
        () => logged.postSupervisor({}),
      ];
      for (const run of runs) {
        const error = await refusalOf(run());
        expect(error).toMatchObject({ code: 'DRUID_UNAUTHORIZED', retryable: false });
        expect(error.message).toMatch(says);
        expect(error.message).toMatch(/MILLRACE_DRUID_USERNAME and MILLRACE_DRUID_PASSWORD/);
        expect(JSON.stringify([error.message, error.context])).not.toContain('guess-me');
      }
    },
  );
});

/** The bytes that Druid sends for the query, as a client of its own would get them. */
async function wholeBody(): Promise<Buffer> {
  const answer = await fetch(`${config.druid.url}/druid/v2/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: SQL,
      resultFormat: 'arrayLines',
      header: true,
      typesHeader: true,
      sqlTypesHeader: true,
    }),
  });
  return Buffer.from(await answer.arrayBuffer());
}

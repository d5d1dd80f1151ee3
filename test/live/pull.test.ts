import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultOf } from '../../src/cli/waiting.ts';
import { millrace } from '../support/as-user.ts';
import { READINGS } from '../support/definitions.ts';
import { jsonVendor, type Answer, type JsonVendor } from '../support/json-vendor.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { failureOf } from '../support/failure.ts';
import { pendingFailure } from '../support/pending-failure.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOUR = '2026-01-05T07:00:00Z';
/** As `readings`, with less patience. */
const HASTY = READINGS.replaceAll('readings', 'hasty').replace(
  "records: 'items',",
  "records: 'items', timeout: '1 second',",
);
/** As `readings`, by offsets and a total. */
const COUNTED = READINGS.replaceAll('readings', 'counted').replace(
  /pages: \{.*?\}/,
  "pages: { kind: 'offset', param: 'skip', total: 'total' }",
);
const reading = (sensor: string, value: number | null, hour = HOUR) => ({ hour, sensor, value });

let env: LiveEnv;
let vendor: JsonVendor;
let answer: (url: URL) => Answer;

beforeAll(async () => {
  vendor = await jsonVendor((url) => answer(url));
  env = await liveEnv('pull', { 'readings.ts': READINGS, 'hasty.ts': HASTY, 'counted.ts': COUNTED });
  await env.apply();
  await env.worker({ roles: 'live,bulk', variables: { VENDOR_URL: vendor.url } });
});

afterAll(async () => {
  await env.close();
  await vendor.close();
});

const load = async (hour = HOUR) => (await env.start({ table: 'readings', interval: hour })).result();
const sensors = async () =>
  (await env.rows('readings')).map((row) => `${String(row['sensor'])}=${String(row['value'])}`);

describe('a pull', () => {
  it('walks the pages of its interval, and asks for exactly that interval', async () => {
    const pages: Record<string, Answer> = {
      first: { items: [reading('a', 1), reading('b', null)], next: 'p2' },
      // The cursor of the last page is absent, as many APIs have it.
      p2: { status: 200, body: JSON.stringify({ items: [reading('c', 3.5)] }) },
    };
    answer = (url) => pages[url.searchParams.get('after') ?? 'first'] ?? { status: 404, body: '{}' };
    const report = await load();
    expect(report).toMatchObject({ table: 'readings', rows: 3, replacedRows: 0, interval: { start: HOUR } });
    expect(await sensors()).toEqual(['a=1', 'b=null', 'c=3.5']);
    const [first] = vendor.requests;
    expect(first?.search).toBe('?from=2026-01-05T07:00:00Z&to=2026-01-05T08:00:00Z');
  });

  it('loaded again leaves the same rows, and the ledger counts both loads', async () => {
    const before = await env.rows('readings');
    answer = () => ({ items: [reading('a', 1), reading('b', null), reading('c', 3.5)] });
    expect(await load()).toMatchObject({ rows: 3, replacedRows: 3 });
    expect(await env.rows('readings')).toEqual(before);
    const [ledger] = await env.db.query(`SELECT loads, staged_rows FROM ${env.names.storeSchema}.ledger`);
    expect(ledger).toMatchObject({ loads: 2, staged_rows: '3' });
  });

  it('of a large page that was cut goes on at that page, without the rows that it had taken of it', async () => {
    const many = Array.from({ length: 60_000 }, (_, n) => reading(`s${String(n).padStart(60, '0')}`, n));
    const second = JSON.stringify({ items: many, next: null });
    const asked: string[] = [];
    answer = (url) => {
      const page = url.searchParams.get('after') ?? 'first';
      const isCut = page === 'p2' && !asked.includes(page);
      asked.push(page);
      if (page === 'first') return { items: [reading('a', 1)], next: 'p2' };
      return { status: 200, body: isCut ? second.slice(0, -5_000) : second };
    };
    expect(await load()).toMatchObject({ rows: 60_001 });
    expect(asked).toEqual(['first', 'p2', 'p2']);
    const [sum] = await env.db.query(
      `SELECT COUNT(*) AS n, COUNT(DISTINCT sensor) AS sensors, CAST(SUM(value) AS CHAR) AS total FROM ${env.names.schema}.readings`,
    );
    expect(sum).toMatchObject({ n: '60001', sensors: '60001', total: String(1 + (59_999 * 60_000) / 2) });
  });

  it('takes JSON from a store of files, which calls everything text', async () => {
    answer = () => ({ status: 200, body: JSON.stringify({ items: [reading('t', 1)] }), type: 'text/plain' });
    expect(await load()).toMatchObject({ rows: 1 });
    answer = () => ({ items: [reading('a', 1), reading('b', 2), reading('c', 3)] });
    expect(await load()).toMatchObject({ rows: 3 });
  });

  it('removes rows that vanished from the source, and leaves other intervals alone', async () => {
    const next = '2026-01-05T08:00:00Z';
    answer = (url) => ({ items: url.search.includes('T07') ? [reading('a', 2)] : [reading('z', 9, next)] });
    await load(next);
    expect(await load()).toMatchObject({ rows: 1, replacedRows: 3 });
    expect(await sensors()).toEqual(['a=2', 'z=9']);
  });

  it('leaves nothing in the staging table', async () => {
    const [count] = await env.db.query(`SELECT COUNT(*) AS n FROM ${env.names.storeSchema}.stage_readings`);
    expect(count).toEqual({ n: '0' });
  });
});

const REFUSED: [what: string, answer: Answer, code: string, says: RegExp][] = [
  [
    '401',
    { status: 401, body: '{"error":"no"}' },
    'HTTP_REFUSED',
    /answered 401.*give `auth` in the definition/,
  ],
  ['a redirect', { status: 302, body: '' }, 'HTTP_REFUSED', /Redirects are not followed/],
  [
    'a row that does not fit',
    { items: [{ hour: HOUR, sensor: 7, value: 1 }] },
    'ROW_INVALID',
    /record 0.*sensor/,
  ],
  [
    'a cursor that is none',
    { status: 200, body: '{"items":[],"next":{"page":2}}' },
    'HTTP_BODY_INVALID',
    /holds an object at 'next', which is no cursor/,
  ],
  [
    'a last page that says that there is more',
    { status: 200, body: JSON.stringify({ items: [reading('a', 1)], next: null, has_more: true }) },
    'HTTP_MORE_PAGES',
    /ended after 1 rows, and .* there are more: has_more: true\. Nothing was loaded/,
  ],
  [
    'a row outside the interval',
    { items: [reading('a', 1, '2026-01-05T08:00:00Z')] },
    'LOAD_ROW_OUTSIDE',
    /is not in/,
  ],
  [
    'a key twice',
    { items: [reading('a', 1), reading('a', 2)] },
    'LOAD_KEY_INVALID',
    /more than once.*"times":"2"/,
  ],
];

describe('the last good rows stay, and the run says why, when the vendor sends', () => {
  it.each(REFUSED)('%s', async (_what, given, code, says) => {
    const before = await env.rows('readings');
    answer = () => given;
    const failure = await failureOf(load());
    expect(failure.type).toBe(code);
    expect(failure.message).toMatch(says);
    expect(await env.rows('readings')).toEqual(before);
  });
});

const PASSING: [what: string, answer: Answer, code: string, says: RegExp][] = [
  ['500', { status: 500, body: '{"error":"oops"}' }, 'HTTP_STATUS', /answered 500: {"error":"oops"}/],
  [
    'HTML',
    { status: 200, body: '<html>login</html>', type: 'text/html' },
    'HTTP_BODY_INVALID',
    /'text\/html' instead of JSON/,
  ],
  ['half a page', { status: 200, body: '{"items":[{"hour":' }, 'HTTP_BODY_INVALID', /not whole JSON/],
  ['no rows at all', { items: [] }, 'HTTP_TOO_FEW_ROWS', /the source gave 0 rows.*minRows: 0/],
];

describe('the run waits and says why, and loads once the vendor is well again, after', () => {
  it.each(PASSING)('%s', async (_what, given, code, says) => {
    const before = await env.rows('readings');
    answer = () => given;
    const run = await env.start({ table: 'readings', interval: HOUR });
    const canonical = `${env.names.env}/readings-2026-01-05T08:00:00Z`;
    const seen = await pendingFailure.of(env, canonical);
    expect(seen.type).toBe(code);
    expect(seen.message).toMatch(says);
    expect(await env.rows('readings')).toEqual(before);
    answer = () => ({ items: [reading('a', 2)] });
    expect(await run.result()).toMatchObject({ rows: 1 });
  });
});

describe('a vendor that limits its callers', () => {
  const limits: [what: string, status: number, headers: () => Record<string, string>][] = [
    ['403 and a time of reset', 403, () => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': unix(3) })],
    ['429 and seconds', 429, () => ({ 'retry-after': '3' })],
    ['503 and a date', 503, () => ({ 'retry-after': new Date(Date.now() + 3_500).toUTCString() })],
  ];

  it.each(limits)('by %s is left alone for as long as it says', async (_what, status, headers) => {
    const times: number[] = [];
    answer = () => {
      times.push(Date.now());
      if (times.length === 1) return { status, body: '{}', headers: headers() };
      return { items: [reading('a', 2)] };
    };
    expect(await load()).toMatchObject({ rows: 1 });
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(2_000);
    expect(times).toHaveLength(2);
  });

  it('by 429 without a word of when is asked again', async () => {
    const given: Answer[] = [{ status: 429, body: '{}' }];
    answer = () => given.pop() ?? { items: [reading('a', 2)] };
    expect(await load()).toMatchObject({ rows: 1 });
  });

  it('for longer than a run may take ends the run at once', { timeout: 30_000 }, async () => {
    answer = () => ({ status: 429, body: '{}', headers: { 'retry-after': '86400' } });
    const failure = await failureOf(load());
    expect(failure.type).toBe('HTTP_STATUS');
    expect(failure.message).toMatch(/asks for a pause of 1 day/);
  });
});

it('a vendor that drips does not hold a place in the worker: each try has its timeout', async () => {
  answer = () => ({ drips: true });
  const run = await env.start({ table: 'hasty', interval: HOUR });
  const seen = await pendingFailure.of(env, env.names.workflowId('hasty', '2026-01-05T08:00:00Z'), 20_000);
  expect(seen.type).toBe('HTTP_UNREACHABLE');
  expect(seen.message).toMatch(/did not answer in full within 1 second/);
  answer = () => ({ items: [reading('a', 2)] });
  expect(await run.result()).toMatchObject({ rows: 1 });
});

/** Seconds since the epoch, as GitHub gives the time of a reset. */
function unix(secondsFromNow: number): string {
  return String(Math.ceil(Date.now() / 1_000) + secondsFromNow);
}

describe('whoever waits for a run is told, once,', () => {
  it('why it is tried again', async () => {
    const interval = '2026-01-05T09:00:00Z';
    const given: Answer[] = [{ status: 500, body: '{}' }];
    answer = () => given[0] ?? { items: [reading('a', 1, interval)] };
    const workflowId = env.names.workflowId('readings', '2026-01-05T10:00:00Z');
    await env.start({ table: 'readings', interval });
    await pendingFailure.of(env, workflowId);
    const said: string[] = [];
    const { config, temporal } = env;
    const handle = temporal.workflow.getHandle(workflowId);
    const say = (line: string) => void said.push(line);
    const result = resultOf({ config, temporal, handle }, { say, everyMs: 500 });
    await waitUntil(() => said.length > 0, { timeoutMs: 10_000 });
    // More than one look, and more than one try.
    await waitUntil(async () => (await triesOf(workflowId)) > 4, { timeoutMs: 30_000 });
    given.pop();
    expect(await result).toMatchObject({ rows: 1 });
    expect(said).toEqual([
      expect.stringMatching(
        /^.*readings-2026-01-05T10:00:00Z: stage is tried again after HTTP_STATUS: .* answered 500/,
      ),
    ]);
  });

  it('on stderr by the command line, and stdout is the report alone', async () => {
    const interval = '2026-01-05T10:00:00Z';
    const workflowId = env.names.workflowId('readings', '2026-01-05T11:00:00Z');
    const given: Answer[] = [{ status: 500, body: '{}' }];
    answer = () => given[0] ?? { items: [reading('a', 1, interval)] };
    const finished = millrace(['run', `readings@${interval}`, '--json', '--env', env.names.env]);
    await pendingFailure.of(env, workflowId);
    await waitUntil(async () => (await triesOf(workflowId)) > 3, { timeoutMs: 30_000 });
    given.pop();
    const { code, stdout, stderr } = await finished;
    expect(stderr.match(/is tried again after HTTP_STATUS: .* answered 500/g)).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 1 });
    expect(code).toBe(0);
  });

  it('that no worker polls its queue', async () => {
    const taskQueue = `${env.names.env}-nobody`;
    const workflowId = `${env.names.env}/nobody`;
    const { workflow } = env.temporal;
    const handle = await workflow.start('refresh', { workflowId, taskQueue, args: [{ table: 'readings' }] });
    const said: string[] = [];
    const result = failureOf(
      resultOf(
        { config: env.config, temporal: env.temporal, handle },
        { say: (line) => void said.push(line), everyMs: 500 },
      ),
    );
    await waitUntil(() => said.length > 0, { timeoutMs: 10_000 });
    await handle.terminate();
    await result;
    expect(said).toEqual([
      `no worker polls task queue ${taskQueue}: start one with 'npx millrace worker --env ${env.names.env}'`,
    ]);
  });
});

async function triesOf(workflowId: string): Promise<number> {
  const { raw } = await env.temporal.workflow.getHandle(workflowId).describe();
  return raw.pendingActivities?.[0]?.attempt ?? 0;
}

it('a list that changes while its pages are read is read again from its first page', async () => {
  const list = ['a', 'b', 'c', 'd'].map((sensor) => reading(sensor, 1));
  const page = (items: object[], total: number): Answer => ({
    status: 200,
    body: JSON.stringify({ items, total }),
  });
  const asked: string[] = [];
  answer = (url) => {
    const skip = Number(url.searchParams.get('skip'));
    asked.push(String(skip));
    // Somebody deletes 'a' after the first page was read: 'c' would be skipped.
    const isFirst = asked.length === 1;
    return isFirst ? page(list.slice(0, 2), 4) : page(list.slice(1).slice(skip, skip + 2), 3);
  };
  const report = await (await env.start({ table: 'counted', interval: HOUR })).result();
  expect(report).toMatchObject({ rows: 3 });
  expect(asked).toEqual(['0', '2', '0', '2']);
  expect((await env.rows('counted')).map(({ sensor }) => sensor)).toEqual(['b', 'c', 'd']);
});

it('an interval whose slot has not come is refused', async () => {
  const failure = await failureOf(load('2100-01-01T00:00:00Z'));
  expect(failure).toMatchObject({ type: 'INTERVAL_IN_FUTURE' });
});

it.each([
  [{ table: 'reedings' }, 'TABLE_UNKNOWN', /No applied definition is called 'reedings'/],
  [{ table: 'readings', interval: '2026-01-05T07:30:00Z' }, 'INTERVAL_INVALID', /07:00:00Z/],
  [{ tabel: 'readings' }, 'INPUT_INVALID', /started with {"tabel":"readings"}/],
])('a run started with %j fails at once and says what to give', async (input, code, says) => {
  const failure = await failureOf((await env.start(input as never)).result());
  expect(failure.type).toBe(code);
  expect(failure.message).toMatch(says);
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isMillraceError } from '../../src/errors.ts';
import { turnsIn } from '../../src/store/turns.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';

/** What the vendor allows, within any second, and at the same time. */
const PER_SECOND = 20;
const AT_ONCE = 3;
const PAGES = 12;
const SIZE = 5;

const pull = (name: string) => `
export const ${name} = pull('${name}', {
  every: every.day(), time: 'day', key: ['day', 'n'], row: z.object({ day: z.iso.date(), n: z.int() }),
  http: {
    url: '{VENDOR_URL}/${name}', query: { day: '{start.date}' }, records: 'items', pages: { kind: 'page', param: 'page', last: 'pages' },
    budget: { requests: ${PER_SECOND}, per: '1 second', atOnce: ${AT_ONCE} },
  },
});`;
const FILE = `import { every, pull, z } from 'millrace';${pull('first')}${pull('second')}`;

let env: LiveEnv;
const arrived: number[] = [];
let [open, mostAtOnce, refused] = [0, 0, 0];
/** The next answer is a 429 that asks for a second. */
let isLimited = false;
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://vendor');
  const now = performance.now();
  const inWindow = arrived.filter((at) => at > now - 1_000).length;
  arrived.push(now);
  mostAtOnce = Math.max(mostAtOnce, ++open);
  const page = Number(url.searchParams.get('page'));
  const isRefused = inWindow >= PER_SECOND || open > AT_ONCE || isLimited;
  isLimited = false;
  if (isRefused) refused++;
  void sleep(30).then(() => {
    open--;
    if (isRefused) return response.writeHead(429, { 'retry-after': '1' }).end();
    const items = Array.from({ length: SIZE }, (_, index) => ({
      day: url.searchParams.get('day'),
      n: (page - 1) * SIZE + index,
    }));
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ items, pages: PAGES }));
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  env = await liveEnv('budget', { 'both.ts': FILE });
  await env.apply();
  const { port } = server.address() as AddressInfo;
  // Two workers, as two machines would run them.
  for (const roles of ['live,bulk', 'live,bulk'])
    await env.worker({ roles, variables: { VENDOR_URL: `http://127.0.0.1:${port}` } });
});

afterAll(async () => {
  await env.close();
  server.closeAllConnections();
  server.close();
});

const days = ['2026-01-01', '2026-01-02', '2026-01-03'];

it('two workers, two tables of one vendor and many intervals keep to its limits together, and lose no time', async () => {
  const began = performance.now();
  const runs = await Promise.all(
    ['first', 'second'].flatMap((table) =>
      days.map((day) => env.start({ table, interval: `${day}T00:00:00Z` })),
    ),
  );
  const reports = await Promise.all(runs.map(({ result }) => result()));
  expect(reports.map(({ rows }) => rows)).toEqual(Array(6).fill(PAGES * SIZE));
  // What is a few milliseconds late on its way can be the one too many.
  expect(refused).toBeLessThanOrEqual(1);
  expect(mostAtOnce).toBeLessThanOrEqual(AT_ONCE);
  // Pages that were under way when one was refused are asked for again.
  expect(arrived.length).toBeLessThanOrEqual(6 * PAGES + refused * AT_ONCE);
  expect(arrived.length).toBeGreaterThanOrEqual(6 * PAGES + refused);
  // 72 requests at 20 within a second take three windows and a bit.
  expect(performance.now() - began).toBeLessThan(15_000);
});

it('where the vendor asks for a pause, all who share its budget keep it', async () => {
  arrived.length = 0;
  isLimited = true;
  refused = 0;
  const runs = await Promise.all(
    ['first', 'second'].map((table) => env.start({ table, interval: '2026-01-04T00:00:00Z' })),
  );
  const reports = await Promise.all(runs.map(({ result }) => result()));
  expect(reports.map(({ rows }) => rows)).toEqual([PAGES * SIZE, PAGES * SIZE]);
  expect(refused).toBe(1);
  // Those that were under way already come before the answer that asks for it.
  const [first = 0] = arrived;
  expect(arrived.filter((at) => at > first + 100 && at < first + 950)).toEqual([]);
});

it('whose turn is far away comes again then, and holds no place until then', async () => {
  const signal = new AbortController().signal;
  const take = (budget: object) =>
    turnsIn(env.db, env.names)
      .take('slow.example', budget, { openForMs: 60_000, signal })
      .catch((error: unknown) => error);
  await take({ requests: 1, perMs: 60_000 });
  const error = await take({ requests: 1, perMs: 60_000 });
  if (!isMillraceError(error, 'HTTP_BUDGET_SPENT')) throw new Error(`it was to be spent: ${String(error)}`);
  expect(error.message).toMatch(
    /^The budget of slow\.example allows no more requests now\. The run asks again in (1 minute|6\d seconds|59 seconds)\./,
  );
  expect(error.retryAfterMs).toBeGreaterThan(55_000);
  expect(error.retryAfterMs).toBeLessThanOrEqual(61_000);
});

it('a request of a worker that died holds its place as long as it might have lasted, and no longer', async () => {
  const signal = new AbortController().signal;
  const take = (openForMs: number) =>
    turnsIn(env.db, env.names).take('dead.example', { atOnce: 1 }, { openForMs, signal });
  const began = performance.now();
  await take(400);
  const turn = await take(400);
  expect(performance.now() - began).toBeGreaterThanOrEqual(380);
  await turn.end(true);
  const next = await take(400);
  await next.end(true);
  expect(performance.now() - began).toBeLessThan(2_000);
});

import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { pendingFailure } from '../support/pending-failure.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

const FILE = `import { every, pull, z } from 'millrace';
export const things = pull('things', {
  every: every.hour(), time: 'at', key: ['at', 'n'],
  row: z.object({ at: z.iso.datetime(), n: z.int(), kind: z.enum(['a', 'b']) }),
  http: {
    url: '{VENDOR_URL}/things', query: { at: '{start}' }, records: 'items', timeout: '12 seconds',
    pages: { kind: 'offset', param: 'skip', size: 2, sizeParam: 'limit', total: 'total' },
  },
});`;

interface Asked {
  at: string;
  skip: number;
  origin: string;
}

type Lie = (response: ServerResponse, asked: Asked) => unknown;

const TYPE = { 'content-type': 'application/json' };
const item = ({ at }: Asked, n: number) => ({ at, n, kind: 'a' });
const page = (asked: Asked, numbers: number[], total: number) =>
  JSON.stringify({ items: numbers.map((n) => item(asked, n)), total });
const send = (response: ServerResponse, body: string | Buffer, headers: object = {}, status = 200) =>
  response.writeHead(status, { ...TYPE, ...headers }).end(body);
const redirect =
  (to: string): Lie =>
  (response) =>
    response.writeHead(302, { location: to }).end();
/** Sends a piece as often as it is taken, and never comes to an end. */
const endless = (piece: Buffer, headers: object): Lie => {
  return (response) => {
    response.writeHead(200, { ...TYPE, ...headers });
    const more = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  };
};

/** The five rows that are there, by pages of two. */
const honest: Lie = (response, asked) =>
  send(response, page(asked, [0, 1, 2, 3, 4].slice(asked.skip, asked.skip + 2), 5));

const BLANKS = Buffer.alloc(1_048_576, ' ');
const GZIP = { 'content-encoding': 'gzip' };

/** What may pass is tried for hours, and says why at once; a bad moment is given some tries; all else ends the run. */
const LIES: Record<string, [lie: Lie, code: string, says: RegExp, tried?: 'for hours' | 'a few times']> = {
  'a body that never ends': [endless(BLANKS, {}), 'HTTP_BODY_INVALID', /more than 1 GiB in one answer/],
  'a body of 5 GB': [
    endless(BLANKS, { 'content-length': 5e9 }),
    'HTTP_BODY_INVALID',
    /more than 1 GiB in one answer/,
  ],
  'two gigabytes of blanks, as two megabytes of gzip': [
    (response) => send(response, BOMB, GZIP),
    'HTTP_BODY_INVALID',
    /more than 1 GiB in one answer/,
  ],
  'a byte a second': [
    (response) => {
      response.writeHead(200, TYPE);
      const timer = setInterval(() => response.write(' '), 1_000);
      response.on('close', () => clearInterval(timer));
    },
    'HTTP_UNREACHABLE',
    /did not answer in full within 12 seconds/,
    'for hours',
  ],
  'half a body under its whole length': [
    (response, asked) => {
      const body = page(asked, [0, 1], 5);
      response.writeHead(200, { ...TYPE, 'content-length': body.length });
      response.write(body.slice(0, 20), () => response.destroy());
    },
    'HTTP_BODY_INVALID',
    /ended before its body was whole/,
    'for hours',
  ],
  'half a body under its own length': [
    (response, asked) => send(response, page(asked, [0, 1], 5).slice(0, 20)),
    'HTTP_BODY_INVALID',
    /a body of 20 bytes that is not whole JSON/,
    'for hours',
  ],
  'half a compressed body': [
    (response, asked) => send(response, gzipSync(page(asked, [0, 1], 5)).subarray(0, 30), GZIP),
    'HTTP_BODY_INVALID',
    /its gzip ends too early or is damaged/,
    'for hours',
  ],
  'a redirect to itself': [redirect('/things'), 'HTTP_REFUSED', /Redirects are not followed/],
  'a redirect to a file': [redirect('file:///etc/passwd'), 'HTTP_REFUSED', /Redirects are not followed/],
  'a redirect to the cloud': [
    redirect('http://169.254.169.254/latest/meta-data'),
    'HTTP_REFUSED',
    /Redirects are not followed/,
  ],
  'a redirect to another host': [
    redirect('https://evil.example/'),
    'HTTP_REFUSED',
    /Redirects are not followed/,
  ],
  'the first page for ever': [
    (response, asked) => send(response, page(asked, [0, 1], 50)),
    'HTTP_PAGES_LOOP',
    /the same 2 records twice/,
    'a few times',
  ],
  'a total that shrinks': [
    (response, asked) => send(response, page(asked, [asked.skip, asked.skip + 1], asked.skip === 0 ? 6 : 4)),
    'HTTP_PAGES_MOVED',
    /'total' said 6 on the first page and says 4/,
  ],
  'fewer rows than its total': [
    (response, asked) => send(response, page(asked, asked.skip === 0 ? [0, 1] : [], 5)),
    'HTTP_BODY_INVALID',
    /has no records: 2 were read, and 'total' says 5/,
  ],
  'more rows than its total': [
    (response, asked) => send(response, page(asked, [asked.skip, asked.skip + 1], 3)),
    'HTTP_BODY_INVALID',
    /has more records than there should be: 4 were read, and 'total' says 3/,
  ],
  'a row on two pages, because the list has moved': [
    (response, asked) => send(response, page(asked, asked.skip === 0 ? [0, 1] : [1, 2], 4)),
    'LOAD_KEY_INVALID',
    /twice|more than once|2 times/,
  ],
  'a key that is null': [
    (response, asked) =>
      send(response, JSON.stringify({ items: [{ ...item(asked, 0), n: null }], total: 1 })),
    'ROW_INVALID',
    /n: null received/,
  ],
  'a field under another name': [
    (response, asked) =>
      send(response, JSON.stringify({ items: [{ at: asked.at, number: 1, kind: 'a' }], total: 1 })),
    'ROW_INVALID',
    /n: missing/,
  ],
  'a text where there was a number': [
    (response, asked) => send(response, JSON.stringify({ items: [{ ...item(asked, 0), n: '7' }], total: 1 })),
    'ROW_INVALID',
    /n: '7' received, expected a whole number/,
  ],
  'a kind that is new': [
    (response, asked) =>
      send(response, JSON.stringify({ items: [{ ...item(asked, 0), kind: 'c' }], total: 1 })),
    'ROW_INVALID',
    /kind: 'c' received/,
  ],
  '1e400': [
    (response, asked) => send(response, `{"items":[{"at":"${asked.at}","n":1e400,"kind":"a"}],"total":1}`),
    'ROW_INVALID',
    /n: Infinity received|n: '?1e400/,
  ],
  'an error, as 200': [
    (response) => send(response, '{"error":"busy"}'),
    'HTTP_BODY_INVALID',
    /holds no list at 'items'/,
    'a few times',
  ],
  'a login page, as 200': [
    (response) => send(response, '<html>Log in</html>', { 'content-type': 'text/html' }),
    'HTTP_BODY_INVALID',
    /content type 'text\/html' instead of JSON/,
    'a few times',
  ],
  'CSV, as 200': [
    (response) => send(response, 'at,n,kind\n7,1,a\n', { 'content-type': 'text/csv' }),
    'HTTP_BODY_INVALID',
    /content type 'text\/csv' instead of JSON/,
    'a few times',
  ],
  'nothing where there were rows': [
    (response, asked) => send(response, page(asked, [], 0)),
    'HTTP_TOO_FEW_ROWS',
    /gave 0 rows/,
    'a few times',
  ],
};
const BOMB = gzipSync(Buffer.alloc(2_000_000_000, ' '));

const NAMES = Object.keys(LIES);
const hourOf = (name: string) =>
  new Date(Date.UTC(2026, 0, 1, NAMES.indexOf(name))).toISOString().replace('.000Z', 'Z');
const lieAt = new Map(NAMES.map((name) => [hourOf(name), LIES[name]?.[0] ?? honest]));

let env: LiveEnv;
let worker: WorkerProcess;
let isHonest = true;
/** How often the first page of an hour was asked for. */
const beginnings = new Map<string, number>();
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://vendor');
  const asked = {
    at: url.searchParams.get('at') ?? '',
    skip: Number(url.searchParams.get('skip')),
    origin: url.origin,
  };
  if (!isHonest && asked.skip === 0) beginnings.set(asked.at, (beginnings.get(asked.at) ?? 0) + 1);
  (isHonest ? honest : (lieAt.get(asked.at) ?? honest))(response, asked);
});

/** Of the worker's process, now and at its highest since it began. */
function memoryMb(): { now: number; peak: number } {
  const status = readFileSync(`/proc/${worker.child.pid}/status`, 'utf8');
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}

let idleMb = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  env = await liveEnv('lies', { 'things.ts': FILE });
  await env.apply();
  const { port } = server.address() as AddressInfo;
  worker = await env.worker({ variables: { VENDOR_URL: `http://127.0.0.1:${port}` } });
  const runs = await Promise.all(NAMES.map((name) => env.start({ table: 'things', interval: hourOf(name) })));
  const reports = await Promise.all(runs.map(({ result }) => result()));
  expect(reports.map(({ rows }) => rows)).toEqual(NAMES.map(() => 5));
  isHonest = false;
  idleMb = memoryMb().now;
}, 120_000);

afterAll(async () => {
  await env.close();
  server.closeAllConnections();
  server.close();
});

describe('the last good rows stay, and the run says why within half a minute, when the vendor sends', () => {
  it.concurrent.each(NAMES)(
    '%s',
    async (name) => {
      const [, code, says, tried] = LIES[name] as (typeof LIES)[string];
      const isPassing = tried === 'for hours';
      const began = performance.now();
      const interval = hourOf(name);
      const run = await env.start({ table: 'things', interval });
      const slot = new Date(Date.parse(interval) + 3_600_000).toISOString().replace('.000Z', 'Z');
      const canonical = `${env.names.env}/things-${slot}`;
      const failure = isPassing ? await pendingFailure.of(env, canonical) : await failureOf(run.result());
      if (isPassing) await env.temporal.workflow.getHandle(canonical).terminate();
      expect(failure.type, failure.message).toBe(code);
      expect(failure.message).toMatch(says);
      expect(performance.now() - began).toBeLessThan(30_000);
      if (tried === 'a few times') expect(beginnings.get(interval)).toBeGreaterThan(2);
      const rows = await env.db.query(`SELECT n FROM ${env.names.schema}.things WHERE at = ? ORDER BY n`, [
        interval.replace('T', ' ').replace('Z', ''),
      ]);
      expect(rows.map((row) => row['n'])).toEqual(['0', '1', '2', '3', '4']);
    },
    60_000,
  );
});

it('a worker that is told five of these at a time takes less than 300 MB for it', () => {
  expect(memoryMb().peak - idleMb).toBeLessThan(300);
  console.log(`idle ${idleMb.toFixed(0)} MB, peak ${memoryMb().peak.toFixed(0)} MB`);
});

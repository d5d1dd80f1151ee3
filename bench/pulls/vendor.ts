import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { pageOf } from './rows.ts';
import type { Counts, Setting } from './vendor-process.ts';

/**
 * The vendor, in a process of its own: a list in numbered pages, each made once and kept as bytes, 20 ms before each answer,
 * and a limit of requests where the control sets one. Prints its address, and ends with its standard input.
 */

const LATENCY_MS = 20;

let setting: Setting = { pages: 0, rows: 0 };
let pages: Buffer[] = [];
let counts = noCounts();
let atOnce = 0;
let bucket = { tokens: 0, filledMs: 0 };

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://vendor');
  void (url.pathname === '/control' ? control(request, response) : list(url, response));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
process.stdin.resume().on('end', () => process.exit());

async function list({ searchParams }: URL, response: ServerResponse): Promise<void> {
  const nowMs = performance.now();
  const [page, size] = [Number(searchParams.get('page')), Number(searchParams.get('per_page'))];
  counts.requests += 1;
  atOnce += 1;
  counts.mostAtOnce = Math.max(counts.mostAtOnce, atOnce);
  const isAllowed = takeToken(nowMs);
  await sleep(LATENCY_MS);
  atOnce -= 1;
  const body = size === setting.rows ? pages[page - 1] : undefined;
  if (!isAllowed) {
    counts.refused += 1;
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' }).end('{}');
  } else if (body === undefined) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  } else {
    counts.answered += 1;
    counts.firstMs ??= nowMs;
    counts.lastMs = Math.max(counts.lastMs ?? 0, nowMs);
    const headers = { 'content-type': 'application/json', 'content-length': body.byteLength };
    response.writeHead(200, headers).end(body);
  }
}

function takeToken(nowMs: number): boolean {
  if (setting.limit === undefined) return true;
  const { perSecond, capacity } = setting.limit;
  const filled = bucket.tokens + ((nowMs - bucket.filledMs) / 1_000) * perSecond;
  bucket = { tokens: Math.min(capacity, filled), filledMs: nowMs };
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

/** GET: what was counted. POST: begins anew, with another setting; answers when all pages are made. */
async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'POST') {
    set((await json(request)) as Setting);
    counts = noCounts();
    bucket = { tokens: setting.limit?.capacity ?? 0, filledMs: performance.now() };
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(counts));
}

function set(wanted: Setting): void {
  const isMade = wanted.pages === setting.pages && wanted.rows === setting.rows;
  setting = wanted;
  if (!isMade) pages = Array.from({ length: wanted.pages }, (_, index) => bodyOf(index + 1, wanted));
}

function bodyOf(page: number, { pages, rows }: Setting): Buffer {
  return Buffer.from(JSON.stringify({ items: pageOf(page, rows), page, pages, total: pages * rows }));
}

function noCounts(): Counts {
  return { requests: 0, answered: 0, refused: 0, mostAtOnce: 0 };
}

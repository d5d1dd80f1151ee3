import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What an API is asked. */
export interface Asked {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
  /** Of this server: APIs give links to themselves. */
  origin: string;
}

/** What it answers. */
export interface Given {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

/** An API as its documentation describes it. */
export interface Api {
  answer(asked: Asked): Given;
  /** How it says that a caller has asked too often, and that in a second it may ask again. */
  limited(): Given;
}

/**
 * What is wrong with the next answer: cut in the middle with its full length announced, the API's own "too often", an
 * error of the server, a second late, or the answer before it once more (as a cache that does not look at the query).
 */
export type Fault = 'cut' | 'limited' | 'broken' | 'slow' | 'repeated';

/** An API on a port. */
export interface Vendor {
  url: string;
  /** What was asked, in order. */
  asked: Asked[];
  /** Each is for one answer, in this order. */
  faults: Fault[];
  close(): Promise<void>;
}

/** Serves an API over HTTP on a free port. */
export async function serve(api: Api): Promise<Vendor> {
  const asked: Asked[] = [];
  const faults: Fault[] = [];
  let before: Given | undefined;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const one = {
        ...{
          method: request.method ?? '',
          url: new URL(request.url ?? '/', origin),
          headers: request.headers,
        },
        ...{ body, origin },
      };
      asked.push(one);
      const fault = faults.shift();
      const given = answerTo(one, fault);
      before = given;
      const bytes = Buffer.from(given.body);
      const headers = { 'content-length': String(bytes.length), ...given.headers };
      void sleep(fault === 'slow' ? 1_000 : 0).then(() => {
        response.writeHead(given.status, headers);
        if (fault !== 'cut') return response.end(bytes);
        response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
        return undefined;
      });
    });
  });
  const answerTo = (one: Asked, fault: Fault | undefined): Given => {
    if (fault === 'limited') return api.limited();
    if (fault === 'repeated' && before !== undefined) return before;
    return fault === 'broken' ? BROKEN : api.answer(one);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url: origin, asked, faults },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const BROKEN: Given = { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' };

/** An answer in JSON, as text: JSON has numbers that JavaScript does not. */
export function json(body: unknown, headers: Record<string, string> = {}, status = 200): Given {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: text };
}

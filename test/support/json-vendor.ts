import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request is answered with: a list of records, or a status with any body. */
export type Answer =
  | { items: unknown[]; next?: string | null }
  | { status: number; body: string; type?: string; headers?: Record<string, string> }
  /** A byte at a time, and never a whole answer. */
  | { drips: true };

/** An outside system whose next answers a test decides: a real HTTP server on a free port. */
export interface JsonVendor {
  url: string;
  /** Paths and queries that were asked for, in order. */
  requests: URL[];
  close(): Promise<void>;
}

function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => clearInterval(timer));
}

export async function jsonVendor(answer: (url: URL) => Answer | Promise<Answer>): Promise<JsonVendor> {
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://vendor');
    requests.push(url);
    void Promise.resolve(answer(url)).then((given) => {
      if ('drips' in given) return drip(response);
      const {
        status,
        body,
        type = 'application/json',
        headers = {},
      } = 'items' in given
        ? { status: 200, body: JSON.stringify({ items: given.items, next: given.next ?? null }) }
        : given;
      response.writeHead(status, { 'content-type': type, ...headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

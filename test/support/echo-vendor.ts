import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request is answered with; undefined: it is left waiting until the test says something else. */
export type Echo =
  { status: number; body: string; type?: string; headers?: Record<string, string> } | undefined;

/** An outside system that can repeat the secret that it was shown: a real HTTP server on a free port. */
export interface EchoVendor {
  url: string;
  /** The secrets that it was shown, by the way in which they came. */
  shown: Map<string, string>;
  /** Answers what was left waiting, too. */
  answerBy(answer: (url: URL, secret: string) => Echo): void;
  close(): Promise<void>;
}

export async function echoVendor(): Promise<EchoVendor> {
  const shown = new Map<string, string>();
  let answer: (url: URL, secret: string) => Echo = () => undefined;
  let waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://vendor');
    const [way, secret] = secretIn(request, url);
    shown.set(way, secret);
    const tell = () => {
      const echo = answer(url, secret);
      if (echo === undefined) waiting.push(tell);
      else send(response, echo);
    };
    tell();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    shown,
    answerBy(next) {
      answer = next;
      const told = waiting;
      waiting = [];
      for (const tell of told) tell();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Node reads and writes headers as Latin-1, whatever their bytes mean. */
function secretIn({ headers }: IncomingMessage, url: URL): [way: string, secret: string] {
  const { authorization, 'x-api-key': key } = headers;
  const [, login] = /^Basic (.*)$/.exec(authorization ?? '') ?? [];
  // A user without a password.
  if (login !== undefined) return ['basic', Buffer.from(login, 'base64').toString().replace(/:$/, '')];
  if (authorization !== undefined) return ['bearer', authorization.replace(/^Bearer /, '')];
  if (typeof key === 'string') return ['header', key];
  return ['query', url.searchParams.get('key') ?? ''];
}

function send(
  response: ServerResponse,
  { status, body, type = 'application/json', headers = {} }: Echo & {},
): void {
  response.writeHead(status, { 'content-type': type, ...headers }).end(body);
}

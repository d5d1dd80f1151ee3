import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What the next answers are. */
export type DruidFault =
  | { kind: 'none' }
  /** The proxy answers by itself. */
  | { kind: 'status'; status: number; body?: string }
  /** The real answer's body, cut after so many bytes; `clean` ends it as if that were all. */
  | { kind: 'cut'; bytes: number; end: 'clean' | 'reset' }
  /** Only this user may pass. */
  | { kind: 'login'; username: string; password: string };

export interface DruidProxy {
  url: string;
  fault: DruidFault;
  /** Length of the last whole body that went through. */
  lastBytes: number;
  /** What happens between a load's query and its being passed on; once. */
  beforeQuery: (() => Promise<void>) | undefined;
  close(): Promise<void>;
}

/** Stands in front of the real Druid router and spoils its answers. */
export async function druidProxy(target: string): Promise<DruidProxy> {
  const proxy: DruidProxy = {
    url: '',
    fault: { kind: 'none' },
    lastBytes: 0,
    beforeQuery: undefined,
    close: async () => undefined,
  };
  const server = createServer((incoming, outgoing) => {
    const refusal = statusOf(proxy.fault, incoming.headers.authorization);
    if (refusal !== undefined) {
      outgoing.writeHead(refusal.status, { 'content-type': 'application/json' }).end(refusal.body ?? '{}');
      return;
    }
    pass(proxy, target, incoming, outgoing).catch(() => outgoing.destroy());
  });
  proxy.url = await listening(server);
  proxy.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return proxy;
}

async function pass(
  proxy: DruidProxy,
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { fault } = proxy;
  const asked = await buffer(incoming);
  if (proxy.beforeQuery !== undefined && asked.includes('"arrayLines"')) {
    const hook = proxy.beforeQuery;
    proxy.beforeQuery = undefined;
    await hook();
  }
  const { host: _host, authorization: _login, 'accept-encoding': _zip, ...headers } = incoming.headers;
  const real = httpRequest(new URL(incoming.url ?? '/', target), { method: incoming.method, headers });
  real.end(asked);
  const [answer] = (await once(real, 'response')) as [IncomingMessage];
  const body = await buffer(answer);
  proxy.lastBytes = body.length;
  outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] });
  if (fault.kind !== 'cut') outgoing.end(body);
  else if (fault.end === 'clean') outgoing.end(body.subarray(0, fault.bytes));
  else outgoing.write(body.subarray(0, fault.bytes), () => outgoing.destroy());
  if (fault.kind === 'cut' && fault.bytes === 0 && fault.end === 'reset') outgoing.destroy();
}

/** A port on which nothing has ever listened for long: connecting is refused. */
export async function refusedAddress(): Promise<string> {
  const server = createTcpServer();
  const url = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

function statusOf(fault: DruidFault, login: string | undefined) {
  if (fault.kind === 'status') return fault;
  if (fault.kind !== 'login') return undefined;
  const wanted = `Basic ${Buffer.from(`${fault.username}:${fault.password}`).toString('base64')}`;
  if (login === wanted) return undefined;
  return { status: login === undefined ? 401 : 403, body: '<html>Unauthorized</html>' };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

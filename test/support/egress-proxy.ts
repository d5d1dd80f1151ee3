import { createServer, request as ask, type IncomingHttpHeaders } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A forward proxy as companies have them, in front of one server of a test: whatever host is asked for, that answers. */
export interface EgressProxy {
  port: number;
  /** What it was asked for: `CONNECT db.internal:443`, `GET http://vendor.example/v1`. */
  asked: { line: string; headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
}

/** @param login `user:password` that it wants; others get 407 */
export async function egressProxy(targetPort: number, login?: string): Promise<EgressProxy> {
  const asked: EgressProxy['asked'] = [];
  // Those of tunnels, too, which the server counts and does not close: a killed worker may leave one half open.
  const sockets = new Set<Socket>();
  const wanted = login && `Basic ${Buffer.from(login).toString('base64')}`;
  const isAllowed = (headers: IncomingHttpHeaders) =>
    wanted === undefined || headers['proxy-authorization'] === wanted;
  const server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    asked.push({ line: `${method} ${url}`, headers });
    if (!isAllowed(headers)) return void response.writeHead(407).end();
    const { pathname, search } = new URL(url);
    const far = ask({ host: '127.0.0.1', port: targetPort, path: pathname + search, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    far.on('error', () => response.destroy());
    far.end();
  });
  server.on('connect', ({ url, headers }, near) => {
    asked.push({ line: `CONNECT ${url}`, headers });
    if (!isAllowed(headers)) return void near.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const far = connect(targetPort, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      far.pipe(near);
      near.pipe(far);
    });
    far.on('error', () => near.destroy());
    near.on('error', () => far.destroy());
    near.on('close', () => far.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

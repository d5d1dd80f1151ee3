import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { Socket, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { vi } from 'vitest';

/** A proxy that notes what passes through it, as `GET /path`. */
export interface RecordingProxy {
  url: string;
  requests: string[];
  close(): Promise<void>;
}

/** Stands in front of an HTTP server (Druid, Superset), changes nothing, and notes every request. */
export async function recordingProxy(target: string): Promise<RecordingProxy> {
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      requests.push(`${incoming.method} ${(incoming.url ?? '').replace(/\?.*/, '')}`);
      const body = await buffer(incoming);
      const { host: _host, ...headers } = incoming.headers;
      const real = httpRequest(new URL(incoming.url ?? '/', target), { method: incoming.method, headers });
      real.on('error', () => outgoing.destroy());
      real.on('response', (answer: IncomingMessage) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      real.end(body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Names of the calls that go to Temporal while `work` runs: `DescribeSchedule`. */
export async function temporalCalls(work: () => Promise<unknown>): Promise<string[]> {
  // The very copy that Temporal's client uses.
  const grpc = createRequire(createRequire(import.meta.url).resolve('@temporalio/client'))(
    '@grpc/grpc-js',
  ) as {
    Client: { prototype: { makeUnaryRequest: (...args: unknown[]) => unknown } };
  };
  const calls = vi.spyOn(grpc.Client.prototype, 'makeUnaryRequest');
  try {
    await work();
    return calls.mock.calls.map(([method]) => String(method).split('/').at(-1) ?? '');
  } finally {
    calls.mockRestore();
  }
}

/** Kafka's numbers of the requests that go to its port while `work` runs. */
export async function kafkaRequests(port: number, work: () => Promise<unknown>): Promise<Set<number>> {
  const keys = new Set<number>();
  const write = Socket.prototype.write;
  const spy = vi.spyOn(Socket.prototype, 'write').mockImplementation(function (this: Socket, ...args) {
    const [chunk] = args;
    if (this.remotePort === port && Buffer.isBuffer(chunk)) keys.add(chunk.readInt16BE(4));
    return Reflect.apply(write, this, args);
  });
  try {
    await work();
    return keys;
  } finally {
    spy.mockRestore();
  }
}

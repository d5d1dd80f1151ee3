import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** An address at which nothing answers until `open`; from then on the real server does. */
export interface LateServer {
  port: number;
  open(): Promise<void>;
  /** How often somebody has connected. */
  accepted(): number;
  close(): void;
}

/** Passes bytes on, and looks at none. */
export async function lateServer(target: { host: string; port: number }): Promise<LateServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((near) => {
    accepted++;
    const far = connect(target);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
      socket.pipe(other);
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  server.close();
  await once(server, 'close');
  return {
    port,
    open: async () => void (await listen(port)),
    accepted: () => accepted,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

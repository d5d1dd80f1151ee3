import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { localSettings, setLocally } from 'millrace/script';

export interface VendorSettings {
  port: number;
  url: string;
  token: string;
}

const DEFAULT_PORT = 8500;

/**
 * Where the demo's weather vendor listens, and the token it wants: made once per home, and kept in `local.env`, which
 * the worker reads as it reads every setting.
 */
export async function vendorSettings(): Promise<VendorSettings> {
  if (localSettings()['WEATHER_URL'] === undefined) {
    setLocally({
      WEATHER_URL: `http://127.0.0.1:${await vendorPort()}`,
      WEATHER_TOKEN: randomBytes(18).toString('base64url'),
    });
  }
  const { WEATHER_URL: url = '', WEATHER_TOKEN: token = '' } = localSettings();
  return { url, token, port: Number(new URL(url).port) };
}

async function vendorPort(): Promise<number> {
  const { MILLRACE_PORT_VENDOR: port, MILLRACE_PORTS: ports } = process.env;
  if (port !== undefined) return Number(port);
  return ports === 'free' ? freePort() : DEFAULT_PORT;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

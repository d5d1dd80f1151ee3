import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { pickFreePort } from '../../../stack/net.ts';
import { processVariables } from '../../config.ts';

export interface DemoSettings {
  vendorPort: number;
  weatherUrl: string;
  weatherToken: string;
}

const DEFAULT_VENDOR_PORT = 8500;

/**
 * Where the demo's weather vendor listens, and the token it wants: made once per home, and kept in `demo.env`, which
 * the worker reads as it reads every setting.
 */
export async function demoSettings(home: string): Promise<DemoSettings> {
  const file = path.join(home, 'demo.env');
  if (!existsSync(file)) {
    const port = await vendorPort();
    const token = randomBytes(18).toString('base64url');
    writeFileSync(
      file,
      `# Made by npm start: the demo's weather vendor.\nWEATHER_URL=http://127.0.0.1:${port}\nWEATHER_TOKEN=${token}\n`,
      { mode: 0o600 },
    );
  }
  const variables = parseEnv(readFileSync(file, 'utf8'));
  const weatherUrl = variables['WEATHER_URL'] ?? '';
  return {
    weatherUrl,
    vendorPort: Number(new URL(weatherUrl).port),
    weatherToken: variables['WEATHER_TOKEN'] ?? '',
  };
}

async function vendorPort(): Promise<number> {
  const { MILLRACE_PORT_VENDOR: port, MILLRACE_PORTS: ports } = processVariables();
  if (port !== undefined) return Number(port);
  return ports === 'free' ? pickFreePort(new Set()) : DEFAULT_VENDOR_PORT;
}

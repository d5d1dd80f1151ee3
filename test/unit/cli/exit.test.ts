import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { millrace } from '../../support/as-user.ts';

/** Thrown where nobody catches it, once the command is at work; as axios throws it, with the request hanging on it. */
const FAULT = `
const timer = setInterval(() => {
  if (process.listenerCount('uncaughtException') === 0) return;
  clearInterval(timer);
  throw Object.assign(new Error('said: of%2Fmariadb'), { config: { headers: { Authorization: ['can', 'ary'].join('') } } });
}, 10);
setTimeout(() => process.exit(3), 20_000).unref();
`;

it('a fault that nobody catches ends the process with its message and its stack, and with no secret', async () => {
  const { code, stderr } = await millrace(['worker', '--roles', 'ingest'], {
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(FAULT)}`,
    MILLRACE_HOME: path.join(tmpdir(), 'no-such-home'),
    MILLRACE_KAFKA_BROKERS: '127.0.0.1:9',
    MILLRACE_MARIADB_PORT: '9',
    MILLRACE_MARIADB_PASSWORD: 'of/mariadb',
  });
  expect(stderr).toMatch(/Error: said: \*\*\*\n +at [^]*\nThis is a fault of millrace itself\.\n$/);
  expect(stderr).not.toMatch(/canary|of.{1,3}mariadb/);
  expect(code).toBe(70);
}, 30_000);

import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cacheDir } from '../../stack/cache.ts';
import { ensurePackages } from '../../stack/debian.ts';
import { homePaths, readStackEnv } from '../../stack/home.ts';
import { stackStatus, upStack } from '../../stack/launcher.ts';
import { SERVERS } from '../../stack/servers.ts';
import { processVariables, stateDir } from '../../src/config.ts';
import { waitUntil } from '../support/wait-until.ts';

const home = stateDir();
const env = readStackEnv(home);
const run = promisify(execFile);
const silent = () => undefined;

async function mariadb(user: string, passwordOf: string, sql: string): Promise<string> {
  const args = [
    '--no-defaults',
    '-h127.0.0.1',
    `-P${env['MILLRACE_MARIADB_PORT']}`,
    `-u${user}`,
    '-N',
    '-e',
    sql,
  ];
  const { stdout } = await run('mariadb', args, { env: { ...process.env, MYSQL_PWD: env[passwordOf] } });
  return stdout.trim();
}

test('every server is up, with its address and its memory', () => {
  const statuses = stackStatus(home).filter(({ name }) => SERVERS.some((server) => server.name === name));
  expect(statuses).toHaveLength(10);
  for (const status of statuses) {
    expect(status, status.name).toMatchObject({
      state: 'up',
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    });
    expect(status.rssBytes, status.name).toBeGreaterThan(20_000_000);
  }
});

test('a second up starts nothing and takes less than two seconds', async () => {
  const before = stackStatus(home).map(({ pid }) => pid);
  const began = Date.now();
  await upStack({ home, report: silent });
  expect(Date.now() - began).toBeLessThan(2_000);
  expect(stackStatus(home).map(({ pid }) => pid)).toEqual(before);
});

test('the file with the passwords is for its owner alone', () => {
  expect(statSync(homePaths(home).envFile).mode & 0o777).toBe(0o600);
  expect(statSync(path.join(homePaths(home).conf('mariadb'), 'users.sql')).mode & 0o777).toBe(0o600);
});

test("MariaDB is strict, speaks utf8mb4 and UTC, and its users have their parts' rights alone", async () => {
  const settings = 'SELECT @@sql_mode, @@character_set_server, @@time_zone';
  expect(await mariadb('millrace', 'MILLRACE_MARIADB_PASSWORD', settings)).toMatch(
    /STRICT_TRANS_TABLES.*utf8mb4.*\+00:00/,
  );

  const admin = (sql: string) => mariadb('millrace_admin', 'MILLRACE_MARIADB_ADMIN_PASSWORD', sql);
  const reader = (sql: string) => mariadb('millrace_reader', 'MILLRACE_MARIADB_READER_PASSWORD', sql);
  await admin('CREATE OR REPLACE DATABASE millrace_stacktest; CREATE TABLE millrace_stacktest.t (a INT)');
  try {
    await expect(reader('SELECT * FROM millrace_stacktest.t')).rejects.toThrow(/denied/);
    await admin("GRANT SELECT ON `millrace\\_stacktest`.* TO 'millrace_reader'@'127.0.0.1'");
    expect(await reader('SELECT COUNT(*) FROM millrace_stacktest.t')).toBe('0');
    await expect(reader('INSERT INTO millrace_stacktest.t VALUES (1)')).rejects.toThrow(/denied/);
    const worker = (sql: string) => mariadb('millrace', 'MILLRACE_MARIADB_PASSWORD', sql);
    await worker('INSERT INTO millrace_stacktest.t VALUES (1)');
    await expect(worker('CREATE TABLE millrace_stacktest.u (a INT)')).rejects.toThrow(/denied/);
    await expect(admin('CREATE DATABASE elsewhere')).rejects.toThrow(/denied/);
  } finally {
    await admin(
      "REVOKE SELECT ON `millrace\\_stacktest`.* FROM 'millrace_reader'@'127.0.0.1'; DROP DATABASE millrace_stacktest",
    );
  }
});

test('Kafka answers a client that nobody here wrote', async () => {
  await ensurePackages(cacheDir(processVariables()), ['kcat'], silent);
  const { stdout } = await run('kcat', ['-b', env['MILLRACE_KAFKA_BROKERS'] ?? '', '-L', '-m', '5']);
  expect(stdout).toContain(`broker 1 at ${env['MILLRACE_KAFKA_BROKERS']}`);
});

test('Druid knows one server of every role', async () => {
  const query = 'SELECT server_type FROM sys.servers';
  const types = async () => {
    const response = await fetch(`${env['MILLRACE_DRUID_URL']}/druid/v2/sql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, resultFormat: 'array' }),
    });
    return ((await response.json()) as string[][]).flat().sort();
  };
  await waitUntil(async () => (await types()).length === 6, { timeoutMs: 30_000 });
  expect(await types()).toEqual(['broker', 'coordinator', 'historical', 'indexer', 'overlord', 'router']);
});

test('Superset lets the generated admin in, and its pages call nobody else', async () => {
  const url = env['MILLRACE_SUPERSET_URL'] ?? '';
  const login = (password: string | undefined) =>
    fetch(`${url}/api/v1/security/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password, provider: 'db' }),
    });
  expect((await login(env['MILLRACE_SUPERSET_PASSWORD'])).status).toBe(200);
  expect((await login('admin')).status).toBe(401);
  const page = await fetch(`${url}/login/`);
  expect(page.headers.get('content-security-policy')).toContain("img-src 'self' data: blob:");
});

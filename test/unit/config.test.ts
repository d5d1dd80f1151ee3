import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { projectDir } from '../../src/project.ts';
import { isMillraceError } from '../../src/errors.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'millrace-config-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

const load = (overrides: Record<string, string | undefined> = {}) =>
  loadConfig({ MILLRACE_HOME: home, ...overrides });
const problemsOf = (overrides: Record<string, string>) => {
  try {
    load(overrides);
  } catch (error) {
    if (isMillraceError(error, 'CONFIG_INVALID')) return error.message;
    throw error;
  }
  throw new Error('the settings were to be refused');
};

it('a flag wins over the environment, that over what this machine made, and that over the default', () => {
  expect(load().druid.url).toBe('http://127.0.0.1:8888');
  writeFileSync(
    path.join(home, 'stack.env'),
    'MILLRACE_DRUID_URL=http://made:1\nMILLRACE_MARIADB_PORT=3399\n',
  );
  expect(load().druid.url).toBe('http://made:1');
  vi.stubEnv('MILLRACE_DRUID_URL', 'http://environment:2/');
  expect(load().druid.url).toBe('http://environment:2');
  expect(load({ MILLRACE_DRUID_URL: 'http://flag:3' }).druid.url).toBe('http://flag:3');
  expect(load().mariadb.port).toBe(3399);
});

it('a flag that was not given hides nothing, and an empty variable counts as not set', () => {
  vi.stubEnv('MILLRACE_ENV', 'prod');
  expect(load({ MILLRACE_ENV: undefined }).env).toBe('prod');
  vi.stubEnv('MILLRACE_ENV', '');
  expect(load().env).toBe('dev');
});

it('an empty address of Superset means that there is none', () => {
  expect(load({ MILLRACE_SUPERSET_URL: '' }).superset).toBeUndefined();
  expect(load({ MILLRACE_SUPERSET_URL: 'http://s:1/' }).superset?.url).toBe('http://s:1');
});

it('every malformed setting is named at once, with what it holds', () => {
  const message = problemsOf({
    MILLRACE_ENV: 'Not_An_Env',
    MILLRACE_MARIADB_PORT: '99999',
    MILLRACE_DRUID_URL: 'druid',
    MILLRACE_KAFKA_TLS: 'perhaps',
    MILLRACE_KAFKA_SASL: 'gssapi',
    MILLRACE_KAFKA_JAAS_VARIABLE_FOR_DRUID: 'of-druid',
    MILLRACE_PRIVATE_HOSTS: 'erp.internal, https://crm.internal',
  });
  expect(message).toMatch(/MILLRACE_ENV=Not_An_Env: must be lower-case/);
  for (const line of [
    /PORT=99999/,
    /DRUID_URL=druid/,
    /KAFKA_TLS=perhaps/,
    /KAFKA_SASL=gssapi/,
    /FOR_DRUID=of-druid: must be/,
    /PRIVATE_HOSTS=erp.*: holds 'https:\/\/crm\.internal', which is neither a host nor a network; write/,
  ]) {
    expect(message).toMatch(line);
  }
});

it('a certificate that cannot be read, and half a login, are named with the others', () => {
  const message = problemsOf({
    MILLRACE_DRUID_URL: 'druid',
    MILLRACE_KAFKA_CA: '/nowhere/ca.pem',
    MILLRACE_KAFKA_SASL: 'plain',
    MILLRACE_KAFKA_USERNAME: 'u',
    MILLRACE_DRUID_USERNAME: 'u',
  });
  expect(message).toMatch(/DRUID_URL=druid/);
  expect(message).toMatch(/KAFKA_CA=\/nowhere\/ca\.pem: is not a file that can be read/);
  expect(message).toMatch(/KAFKA_PASSWORD=\S*: must be set together with MILLRACE_KAFKA_SASL/);
  expect(message).toMatch(/DRUID_PASSWORD=\S*: must be set together with MILLRACE_DRUID_USERNAME/);
});

it.each(['1', 'true', 'yes'])('TLS is on at %s', (value) => {
  expect(load({ MILLRACE_MARIADB_TLS: value, MILLRACE_KAFKA_TLS: value })).toMatchObject({
    mariadb: { tls: {} },
    kafka: { tls: {} },
  });
});

it('a certificate is read from its file', () => {
  const ca = path.join(home, 'ca.pem');
  writeFileSync(ca, 'PEM');
  const config = load({
    MILLRACE_MARIADB_TLS: '1',
    MILLRACE_MARIADB_CA: ca,
    MILLRACE_KAFKA_TLS: '1',
    MILLRACE_KAFKA_CA: ca,
    MILLRACE_DRUID_CA: ca,
  });
  expect(config).toMatchObject({
    mariadb: { tls: { ca: 'PEM' } },
    kafka: { tls: { ca: 'PEM' } },
    druid: { ca: 'PEM' },
  });
});

it('logins of Kafka and Druid are taken when they are whole', () => {
  const config = load({
    MILLRACE_KAFKA_SASL: 'scram-sha-512',
    MILLRACE_KAFKA_USERNAME: 'u',
    MILLRACE_KAFKA_PASSWORD: 'p',
    MILLRACE_DRUID_USERNAME: 'u',
    MILLRACE_DRUID_PASSWORD: 'p',
    MILLRACE_KAFKA_BROKERS: 'a:1, b:2',
  });
  expect(config.kafka).toMatchObject({
    brokers: ['a:1', 'b:2'],
    sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' },
  });
  expect(config.druid.auth).toEqual({ username: 'u', password: 'p' });
});

it('paths are relative to the project, and a secret is found by its name', () => {
  const config = load({ MILLRACE_PIPELINES: 'mine', WEATHER_TOKEN: 't' });
  expect(config.pipelinesDir).toBe(path.join(projectDir(), 'mine'));
  expect([config.secret('WEATHER_TOKEN'), config.secret('NOT_SET_ANYWHERE')]).toEqual(['t', undefined]);
});

it('a secret that is put into a file while the process runs is found at once, and so is its change', () => {
  const config = load({});
  const file = path.join(home, 'local.env');
  expect(config.secret('RATES_TOKEN')).toBeUndefined();
  for (const token of ['first', 'second']) {
    writeFileSync(file, `RATES_TOKEN=${token}\n`);
    expect(config.secret('RATES_TOKEN')).toBe(token);
  }
});

it('hosts that pulls may ask are looked up anew, in .env before what this machine made', () => {
  const config = load();
  expect(config.secret('MILLRACE_PRIVATE_HOSTS')).toBeUndefined();
  writeFileSync(path.join(home, 'stack.env'), 'MILLRACE_PRIVATE_HOSTS=127.0.0.1,localhost\n');
  expect(config.secret('MILLRACE_PRIVATE_HOSTS')).toBe('127.0.0.1,localhost');
  vi.stubEnv('MILLRACE_PRIVATE_HOSTS', 'erp.internal');
  expect(config.secret('MILLRACE_PRIVATE_HOSTS')).toBe('erp.internal');
});

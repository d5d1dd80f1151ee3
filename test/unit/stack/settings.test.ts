import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { druidCommonProperties, druidRoleProperties } from '../../../stack/druid/settings.ts';
import { renderStackEnv, secretsFrom } from '../../../stack/home.ts';
import type { Home, Secrets } from '../../../stack/home.ts';
import { kafkaProperties } from '../../../stack/kafka/settings.ts';
import { userStatements } from '../../../stack/mariadb/settings.ts';
import { renderPom, renderSettings } from '../../../stack/maven.ts';
import { DEFAULT_PORTS } from '../../../stack/ports.ts';
import { renderProperties } from '../../../stack/server.ts';
import { zookeeperProperties } from '../../../stack/zookeeper/settings.ts';

const HOME: Home = { dir: '/home', ports: { ...DEFAULT_PORTS, kafka: 19092 }, secrets: secretsFrom({}) };

describe('settings of the servers', () => {
  test('properties are one name=value per line', () => {
    expect(renderProperties({ a: 1, 'b.c': true })).toBe('a=1\nb.c=true\n');
  });

  test('Kafka listens and advertises on loopback, on the port of this home', () => {
    expect(kafkaProperties(HOME)).toMatchObject({
      listeners: 'PLAINTEXT://127.0.0.1:19092,CONTROLLER://127.0.0.1:9093',
      'advertised.listeners': 'PLAINTEXT://127.0.0.1:19092',
      'controller.quorum.voters': '1@127.0.0.1:9093',
      'log.dirs': '/home/state/kafka',
    });
  });

  test('nothing listens on more than loopback', () => {
    const everything = [
      renderProperties(kafkaProperties(HOME)),
      renderProperties(zookeeperProperties(HOME)),
      renderProperties(druidCommonProperties(HOME)),
    ].join('');
    expect(everything).not.toMatch(/0\.0\.0\.0|localhost/);
    expect(druidCommonProperties(HOME)).toMatchObject({
      'druid.host': '127.0.0.1',
      'druid.bindOnHost': true,
    });
    expect(zookeeperProperties(HOME)).toMatchObject({ clientPortAddress: '127.0.0.1' });
  });

  test('the indexer has room for the roll-over of several streams', () => {
    expect(druidRoleProperties(HOME, 'indexer')).toMatchObject({
      'druid.plaintextPort': 8091,
      'druid.worker.capacity': 8,
    });
  });

  test("MariaDB's worker gets no DDL, its reader nothing yet, its admin what it may hand on", () => {
    const grants = userStatements(HOME.secrets, ['127.0.0.1']).filter((sql) => sql.startsWith('GRANT'));
    expect(grants).toEqual([
      "GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION",
      "GRANT SELECT, INSERT, UPDATE, DELETE ON `millrace\\_%`.* TO 'millrace'@'127.0.0.1'",
      "GRANT ALL ON `millrace\\_%`.* TO 'millrace_admin'@'127.0.0.1' WITH GRANT OPTION",
    ]);
  });
});

describe('stack.env', () => {
  const text = renderStackEnv(HOME);

  test('holds the addresses that clients read', () => {
    expect(text).toContain('MILLRACE_KAFKA_BROKERS=127.0.0.1:19092\n');
    expect(text).toContain('TEMPORAL_ADDRESS=127.0.0.1:7233\nTEMPORAL_NAMESPACE=default\n');
    expect(text).toContain('MILLRACE_PORT_KAFKA=19092\n');
  });

  test('lets pulls ask this machine, where all of a developer runs', () => {
    expect(text).toContain('MILLRACE_PRIVATE_HOSTS=127.0.0.1,localhost\n');
  });

  test('read back, gives the same passwords', () => {
    expect(secretsFrom(parseEnv(text) as Record<string, string>)).toEqual(HOME.secrets);
  });

  test('has other passwords in every home, none of them short', () => {
    const other = secretsFrom({});
    for (const name of Object.keys(HOME.secrets) as (keyof Secrets)[]) {
      const secret = HOME.secrets[name];
      expect(secret.length).toBeGreaterThanOrEqual(22);
      expect(other[name]).not.toBe(secret);
    }
  });

  test('has no password that a program would take for an option', () => {
    const first = Array.from({ length: 300 }, () =>
      Object.values(secretsFrom({})).map((secret: string) => secret.charAt(0)),
    );
    expect(new Set(first.flat())).not.toContain('-');
  });
});

describe("Maven's files", () => {
  test('the pom names each artifact with what it leaves out', () => {
    const pom = renderPom({ name: 'x', version: '1', artifacts: ['g:a:1', 'g:b:2'], exclude: ['h:sigar'] });
    expect(pom.match(/<dependency>/g)).toHaveLength(2);
    expect(pom.match(/<exclusion><groupId>h<\/groupId><artifactId>sigar<\/artifactId>/g)).toHaveLength(2);
    expect(pom).toContain('<groupId>g</groupId><artifactId>b</artifactId><version>2</version>');
  });

  test('the settings keep every repository but Maven Central out', () => {
    expect(renderSettings('/empty')).toContain('<mirrorOf>*,!central</mirrorOf><url>file:///empty</url>');
  });
});

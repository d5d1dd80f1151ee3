import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { PACKAGE_DIR } from '../../../src/package.ts';
import { composeAddresses, UNPUBLISHED_PORTS } from '../../../stack/compose.ts';
import { renderStackEnv, secretsFrom } from '../../../stack/home.ts';
import type { Home } from '../../../stack/home.ts';
import { userStatements } from '../../../stack/mariadb/settings.ts';
import { DEFAULT_PORTS, PORT_NAMES, portVariable } from '../../../stack/ports.ts';
import { VERSIONS } from '../../../stack/server.ts';
import { SERVERS } from '../../../stack/servers.ts';
import { TEMPORAL_NAMESPACE } from '../../../stack/temporal/settings.ts';
import { readComposeFile } from '../../support/compose-file.ts';
import { composeSettings, nativeSettings } from '../../support/stack-settings.ts';

const HOME: Home = { dir: '/home', ports: { ...DEFAULT_PORTS }, secrets: secretsFrom({}) };
const VARIABLES = parseEnv(renderStackEnv(HOME, composeAddresses(HOME.ports))) as Record<string, string>;
const { services, volumes } = readComposeFile();

const LISTENS = 'listens inside its container, which is published on loopback';
const NEIGHBOUR = 'finds its neighbours by the name of their service';
const FOLDER = 'has the folders of the image';
const IMAGE = 'is set by the image itself';

const DRUID = {
  'druid.bindOnHost': LISTENS,
  'druid.host': NEIGHBOUR,
  'druid.zk.service.host': NEIGHBOUR,
  'druid.metadata.storage.connector.host': NEIGHBOUR,
  'druid.metadata.storage.connector.connectURI': NEIGHBOUR,
  'druid.extensions.loadList': 'natively the extensions are on the class path, in the image they are loaded',
  'druid.extensions.directory': FOLDER,
  'druid.storage.storageDirectory': FOLDER,
  'druid.indexer.logs.directory': FOLDER,
  '-Djava.io.tmpdir': FOLDER,
  '-Dderby.stream.error.file': IMAGE,
  '-server': IMAGE,
  '--add-opens, --add-exports': IMAGE,
  '-XX:UseG1GC': 'the image asks for G1 in one role, which must be taken back',
};

/** Every setting that may differ between the native stack and docker-compose.yml, and why. */
const DIFFERENCES: Record<string, Record<string, string>> = {
  temporal: { '--ip': LISTENS, '--ui-ip': LISTENS, '--db-filename': FOLDER },
  kafka: {
    listeners: 'has a listener more, by which the other containers reach it',
    'advertised.listeners': 'tells containers and this machine the address that each can reach',
    'listener.security.protocol.map': 'has a listener more',
    'controller.quorum.voters': NEIGHBOUR,
    'log.dirs': FOLDER,
  },
  zookeeper: { clientPort: IMAGE, clientPortAddress: LISTENS, dataDir: FOLDER },
  'druid-coordinator': DRUID,
  'druid-broker': DRUID,
  'druid-historical': { ...DRUID, 'druid.segmentCache.locations': FOLDER },
  'druid-indexer': { ...DRUID, 'druid.indexer.task.baseDir': FOLDER },
  'druid-router': DRUID,
  mariadb: {
    '--no-defaults': IMAGE,
    '--bind-address': LISTENS,
    '--port': IMAGE,
    '--datadir': IMAGE,
    '--socket': IMAGE,
    '--pid-file': IMAGE,
    '--init-file': 'natively the users are set at each start, in a container once, by users.sh',
  },
  superset: { '--bind': LISTENS, FLASK_APP: IMAGE, SUPERSET_HOME: FOLDER, SUPERSET_CONFIG_PATH: FOLDER },
};

describe('docker-compose.yml', () => {
  test('has the servers of the native stack and no others', () => {
    expect(Object.keys(services).sort()).toEqual(SERVERS.map(({ name }) => name).sort());
  });

  test('publishes every port on loopback, each moved by its own variable', () => {
    const published = PORT_NAMES.filter((name) => !UNPUBLISHED_PORTS.includes(name));
    const wanted = published.map(
      (name) => `127.0.0.1:\${${portVariable(name)}:-${DEFAULT_PORTS[name]}}:${DEFAULT_PORTS[name]}`,
    );
    expect(
      Object.values(services)
        .flatMap(({ ports }) => ports)
        .sort(),
    ).toEqual(wanted.sort());
  });

  test('pins every image to the version that runs natively', () => {
    expect(images()).toEqual({
      temporal: `temporalio/temporal:${VERSIONS.temporal}`,
      kafka: `apache/kafka:${VERSIONS.kafka}`,
      // The one among Druid's jars.
      zookeeper: 'zookeeper:3.8.4',
      ...Object.fromEntries(druidNames().map((name) => [name, `apache/druid:${VERSIONS.druid}`])),
      mariadb: expect.stringMatching(
        new RegExp(`^mariadb:${VERSIONS.mariadb.replace('.', '\\.')}\\.\\d+$`),
      ) as string,
      superset: `apache/superset:${VERSIONS.superset}`,
    });
  });

  test('keeps all data in volumes that it declares', () => {
    const mounts = Object.values(services).flatMap((service) =>
      service.volumes.map((mount) => mount.split(':')),
    );
    const named = mounts.filter(([source]) => !source?.startsWith('.'));
    expect([...new Set(named.map(([source]) => source))].sort()).toEqual(Object.keys(volumes).sort());
    for (const [source = '', , mode] of mounts.filter((mount) => !named.includes(mount))) {
      expect(existsSync(path.join(PACKAGE_DIR, source)), source).toBe(true);
      expect(mode, source).toBe('ro');
    }
  });

  test('holds no password: each comes from the environment, and is asked for by name', () => {
    const values = Object.values(services).flatMap(({ environment }) => Object.entries(environment));
    const secrets = values.filter(([name]) => /PASSWORD|SECRET|KEY$/.test(name));
    expect(secrets.length).toBe(6);
    for (const [name, value] of secrets)
      expect(value, name).toMatch(/^\$\{\w+:\?see docker-compose\.env\.example\}$/);
  });

  test.each(SERVERS)(
    'gives $name the time to start and to stop that it has natively, and the same needs',
    (server) => {
      const service = serviceOf(server.name);
      expect(service.healthcheck.start_period * 1000).toBe(server.startTimeoutMs);
      expect(service.stop_grace_period * 1000).toBe(server.stopTimeoutMs);
      expect(Object.keys(service.depends_on)).toEqual(server.dependsOn ?? []);
    },
  );

  test.each(SERVERS)(
    'gives $name the settings it has natively, save for the differences listed',
    (server) => {
      const native = nativeSettings(server, HOME);
      const composed = composeSettings(server.name, serviceOf(server.name), VARIABLES);
      const differing = [...new Set([...Object.keys(native), ...Object.keys(composed)])]
        .filter((name) => native[name] !== composed[name])
        .sort();
      expect(differing).toEqual(Object.keys(DIFFERENCES[server.name] ?? {}).sort());
    },
  );

  test("gives MariaDB's users the rights that they have natively", () => {
    const script = 'mariadb() { cat; }; . stack/mariadb/users.sh';
    const env = { ...VARIABLES, MARIADB_ROOT_PASSWORD: HOME.secrets.mariadbRoot };
    const sql = execFileSync('bash', ['--norc', '-c', script], { cwd: PACKAGE_DIR, env, encoding: 'utf8' });
    const wanted = userStatements(HOME.secrets, ['%']).map((statement) => `${statement};`);
    expect(sql.trim().split('\n').sort()).toEqual(wanted.sort());
  });

  test("keeps Temporal's runs in the namespace that is used natively", () => {
    expect(text('stack/temporal/container.sh')).toContain(`--namespace ${TEMPORAL_NAMESPACE} `);
  });

  test("builds Superset with the native stack's drivers and configuration, and does not run it as root", () => {
    const dockerfile = text('stack/superset/Dockerfile');
    const [, pattern = ''] = /grep -iE '(.*?)'/.exec(dockerfile) ?? [];
    const pins = text('stack/superset/requirements.txt').split('\n');
    const drivers = pins.filter((line) => new RegExp(pattern, 'i').test(line));
    expect(drivers.map((line) => line.split('==')[0])).toEqual(['pydruid', 'PyMySQL']);
    expect(dockerfile).toContain('COPY requirements.txt superset_config.py /millrace/');
    expect(dockerfile.match(/^USER .*$/gm)?.at(-1)).toBe('USER superset');
  });
});

describe('docker-compose.env.example', () => {
  const example = parseEnv(text('docker-compose.env.example')) as Record<string, string>;

  test('leaves exactly the required variables to be filled in', () => {
    const asked = text('docker-compose.yml').matchAll(/\$\{(\w+):\?/g);
    const empty = Object.keys(example).filter((name) => example[name] === '');
    expect(empty.sort()).toEqual([...asked].map(([, name]) => name).sort());
  });

  test('says the addresses that the launcher would write for this file', () => {
    const written = Object.entries(example).filter(([, value]) => value !== '');
    expect(written).toEqual(written.map(([name]) => [name, VARIABLES[name]]));
  });

  test('is all that the configuration needs to reach the containers', () => {
    const config = loadConfig(example);
    expect(config.kafka).toMatchObject({ brokers: ['127.0.0.1:9092'], brokersForDruid: 'kafka:19092' });
    expect(config.druid).toMatchObject({ url: 'http://127.0.0.1:8888', tasksUrl: 'http://127.0.0.1:8091' });
    expect(config.mariadb).toMatchObject({ port: 3306 });
    expect(config.superset).toMatchObject({
      url: 'http://127.0.0.1:8088',
      mariadbAddress: 'mariadb:3306',
      druidAddress: 'druid-router:8888',
    });
  });
});

function serviceOf(name: string) {
  const service = services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}

/** Each service's image; of one that is built, the image it is built on. */
function images(): Record<string, string | undefined> {
  const entries = Object.entries(services).map(([name, { image, build }]) => [
    name,
    build === undefined ? image : /^FROM (\S+)$/m.exec(text(path.join(build, 'Dockerfile')))?.[1],
  ]);
  return Object.fromEntries(entries) as Record<string, string | undefined>;
}

function druidNames(): string[] {
  return SERVERS.map(({ name }) => name).filter((name) => name.startsWith('druid-'));
}

function text(file: string): string {
  return readFileSync(path.join(PACKAGE_DIR, file), 'utf8');
}

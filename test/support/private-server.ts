import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDir } from '../../stack/cache.ts';
import { homePaths, secretsFrom, type Home } from '../../stack/home.ts';
import { kafkaServer } from '../../stack/kafka/server.ts';
import { kafkaProperties } from '../../stack/kafka/settings.ts';
import { mariadbServer } from '../../stack/mariadb/server.ts';
import { isFree, LOOPBACK } from '../../stack/net.ts';
import { DEFAULT_PORTS, withFreePorts } from '../../stack/ports.ts';
import { startProcess, stopProcess } from '../../stack/process.ts';
import { capture } from '../../stack/run.ts';
import { plainEnvironment, renderProperties, type Server, type ServerContext } from '../../stack/server.ts';
import { processVariables, stateDir } from '../../src/config.ts';

/** One server of a test's own, on free ports and with its own state, which ends with the test. */
export interface PrivateServer {
  port: number;
  home: Home;
  stop(): Promise<void>;
}

export interface Certificates {
  ca: string;
  /** A CA that has signed nothing here. */
  otherCa: string;
  certificate: string;
  key: string;
  /** Certificate, CA and key in one file, as Kafka reads them. */
  store: string;
}

/** A CA of our own and a certificate of it, for 127.0.0.1 and `db.internal` and no other name. */
export async function makeCertificates(dir: string): Promise<Certificates> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const at = (file: string) => path.join(dir, file);
  const ssl = (...args: string[]) => capture('openssl', args, { env: plainEnvironment(), timeoutMs: 30_000 });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const ca of ['ca', 'other']) {
    const subject = ['-subj', `/CN=${ca} of a test`, '-days', '2'];
    await ssl('req', '-x509', ...key, '-keyout', at(`${ca}.key`), '-out', at(`${ca}.pem`), ...subject);
  }
  await ssl('req', ...key, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=server');
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1,DNS:db.internal\n');
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2'];
  await ssl(
    'x509',
    '-req',
    '-in',
    at('server.csr'),
    ...signed,
    '-extfile',
    at('names'),
    '-out',
    at('server.pem'),
  );
  await capture('sh', ['-c', 'cat server.key server.pem ca.pem > store.pem'], {
    env: plainEnvironment(),
    cwd: dir,
    timeoutMs: 5_000,
  });
  return {
    ca: at('ca.pem'),
    otherCa: at('other.pem'),
    certificate: at('server.pem'),
    key: at('server.key'),
    store: at('store.pem'),
  };
}

/** A MariaDB with these options, and logins of its own (`home.secrets`). */
export function startMariaDb(name: string, args: string[]): Promise<PrivateServer> {
  return start(mariadbServer, name, async () => args);
}

/** A MariaDB that speaks with nobody without TLS. */
export async function startTlsMariaDb(certificates: Certificates): Promise<PrivateServer> {
  const { ca, certificate, key } = certificates;
  const args = [
    `--ssl-ca=${ca}`,
    `--ssl-cert=${certificate}`,
    `--ssl-key=${key}`,
    '--require-secure-transport=ON',
  ];
  return start(mariadbServer, 'tls', async () => args);
}

/**
 * A Kafka with further listeners, each at `port`, that send their clients to another port of this machine: to a proxy
 * before it. Clients of its own port go to it directly.
 */
export async function startKafka(
  listeners: Readonly<Record<string, { port: number; advertised: number }>>,
): Promise<PrivateServer> {
  return start(kafkaServer, 'listeners', async ({ home }) => {
    const file = path.join(homePaths(home.dir).conf('kafka'), 'server.properties');
    const own = kafkaProperties(home);
    const names = Object.keys(listeners);
    const further = (of: 'port' | 'advertised') =>
      Object.entries(listeners).map(([name, ports]) => `${name}://${LOOPBACK}:${ports[of]}`);
    const protocols = names.map((name) => `${name}:PLAINTEXT`);
    appendFileSync(
      file,
      renderProperties({
        'listener.security.protocol.map': [own['listener.security.protocol.map'], ...protocols].join(),
        listeners: [own.listeners, ...further('port')].join(),
        'advertised.listeners': [own['advertised.listeners'], ...further('advertised')].join(),
      }),
    );
    return [];
  });
}

/** A Kafka that speaks with nobody without TLS and a login. */
export async function startSaslKafka(
  certificates: Certificates,
  login: { username: string; password: string },
): Promise<PrivateServer> {
  return start(kafkaServer, 'sasl', async ({ home }) => {
    const file = path.join(homePaths(home.dir).conf('kafka'), 'server.properties');
    const broker = `SASL_SSL://${LOOPBACK}:${home.ports.kafka}`;
    const jaas = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
    appendFileSync(
      file,
      renderProperties({
        'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
        'inter.broker.listener.name': 'SASL_SSL',
        listeners: `${broker},CONTROLLER://${LOOPBACK}:${home.ports.kafkaController}`,
        'advertised.listeners': broker,
        'sasl.enabled.mechanisms': 'PLAIN',
        'sasl.mechanism.inter.broker.protocol': 'PLAIN',
        'listener.name.sasl_ssl.plain.sasl.jaas.config': `${jaas} username="broker" password="of-the-broker" user_broker="of-the-broker" user_${login.username}="${login.password}";`,
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': certificates.store,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': certificates.ca,
      }),
    );
    return [];
  });
}

async function start(
  server: Server,
  name: string,
  settle: (context: ServerContext) => Promise<string[]>,
): Promise<PrivateServer> {
  const dir = path.join(stateDir(), `test-${name}-${process.pid}`);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(path.join(dir, 'run'), { recursive: true });
  const ports = await withFreePorts({ ...DEFAULT_PORTS }, server.ports);
  const home: Home = { dir, ports, secrets: secretsFrom({}) };
  const context = { home, package: await server.fetch(cacheDir(processVariables()), () => undefined) };
  await server.prepare(context);
  const extra = await settle(context);
  const { command, args, env } = server.launch(context);
  const { runDir, log } = homePaths(dir);
  const stop = async () => {
    await stopProcess(runDir, server.name);
    rmSync(dir, { recursive: true, force: true });
  };
  await startProcess(runDir, {
    name: server.name,
    command,
    args: [...args, ...extra],
    env: { ...plainEnvironment(), ...env },
    cwd: dir,
    logFile: log(server.name),
    // Kafka's question is put in plain text, which this listener does not speak.
    ready: async () => (name === 'sasl' ? !(await isFree(ports[server.ports[0]])) : server.ready(context)),
    timeoutMs: 90_000,
  });
  return { port: ports[server.ports[0]], home, stop };
}

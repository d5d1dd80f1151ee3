import net from 'node:net';
import { temporalConnection } from '../../src/clients/temporal-address.ts';
import type { Config } from '../../src/config.ts';
import type { LiveEnv } from '../../test/support/live-env.ts';

const CONNECT_MS = 3_000;

/** @throws naming every server that does not listen, before anything is made */
export async function refuseAbsentServers(config: Config): Promise<void> {
  const druid = new URL(config.druid.url);
  const addresses = [
    ['Temporal', temporalConnection(config).connectionOptions.address ?? '127.0.0.1:7233'],
    ...config.kafka.brokers.map((broker) => ['Kafka', broker] as const),
    ['Druid', `${druid.hostname}:${druid.port || (druid.protocol === 'https:' ? '443' : '80')}`],
    ['MariaDB', `${config.mariadb.host}:${config.mariadb.port}`],
  ] as const;
  const listening = await Promise.all(addresses.map(([, address]) => listens(address)));
  const absent = addresses.filter((_, index) => listening[index] === false);
  if (absent.length === 0) return;
  const which = absent.map(([name, address]) => `${name} at ${address}`).join(', ');
  throw new Error(`Nothing was measured: ${which} did not answer. Start the stack first: npm start`);
}

/** What the env's stream left in Druid, in case a task has published some of it. */
export async function dropDatasource({ config, names }: Pick<LiveEnv, 'config' | 'names'>): Promise<void> {
  const datasource = names.datasource({ name: 'events', version: 1 });
  const { url, auth } = config.druid;
  const login = auth && Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
  const answer = await fetch(`${url}/druid/indexer/v1/datasources/${datasource}`, {
    method: 'DELETE',
    headers: login === undefined ? {} : { authorization: `Basic ${login}` },
  });
  if (!answer.ok) throw new Error(`Druid kept '${datasource}' (${answer.status}): ${await answer.text()}`);
}

function listens(address: string): Promise<boolean> {
  const [host, port] = [
    address.slice(0, address.lastIndexOf(':')),
    address.slice(address.lastIndexOf(':') + 1),
  ];
  return new Promise((resolve) => {
    const socket = net.connect({ host, port: Number(port), timeout: CONNECT_MS });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

import { LOOPBACK, pickFreePort } from '../../../stack/net.ts';
import { connectDruid } from '../../../src/clients/druid.ts';
import { loadConfig } from '../../../src/config.ts';
import { type PrivateServer, startKafka } from '../private-server.ts';
import { startToxiproxy, type Link, type Toxiproxy } from '../toxiproxy.ts';

/** Every link of a worker, and Druid's own to Kafka. */
export const LINKS = [
  'kafka',
  'mariadb',
  'druid',
  'druid-tasks',
  'temporal',
  'vendor',
  'druid-to-kafka',
] as const;

export type LinkName = (typeof LINKS)[number];

/** What a problem in `status` says that a fault on the link has made. */
export const SIGNS: Record<LinkName, RegExp> = {
  kafka: /KAFKA_/,
  // A worker that cannot reach its store cannot say so: its silence does.
  mariadb: /MARIADB_|no worker with the role/,
  druid: /DRUID_/,
  'druid-tasks': /its task \S+ did not answer/,
  temporal: /no worker of task queue|[Hh]eartbeat timeout/,
  vendor: /HTTP_/,
  'druid-to-kafka': /Druid/,
};

/** A proxy on every link, and a Kafka behind two of them. */
export interface Links {
  of(name: LinkName): Link;
  /** Addresses for apply, status and the test itself: past the proxies; but Druid is told its proxy to Kafka. */
  direct: Record<string, string>;
  /** Addresses for the worker: all through proxies. */
  proxied: Record<string, string>;
  close(): Promise<void>;
}

/**
 * Kafka's clients go to the address that the broker advertises, past a proxy that they began at. So the broker is one
 * of the proof's own, with a listener more for each proxy before it, which advertises the proxy. Everybody else's
 * broker stays as it is.
 */
export async function openLinks(vendorUrl: string): Promise<Links> {
  const config = loadConfig();
  const toxiproxy = await startToxiproxy();
  const host = LOOPBACK;
  const toWorker = await pickFreePort(new Set());
  const toDruid = await pickFreePort(new Set([toWorker]));
  const links: Record<LinkName, Link> = {
    kafka: await toxiproxy.link('kafka', { host, port: toWorker }),
    'druid-to-kafka': await toxiproxy.link('druid-to-kafka', { host, port: toDruid }),
    mariadb: await toxiproxy.link('mariadb', config.mariadb),
    druid: await linkTo(toxiproxy, 'druid', config.druid.url),
    'druid-tasks': await linkTo(toxiproxy, 'druid-tasks', await tasksUrl(config)),
    temporal: await linkTo(
      toxiproxy,
      'temporal',
      `http://${config.temporalVariables['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233'}`,
    ),
    vendor: await linkTo(toxiproxy, 'vendor', vendorUrl),
  };
  const at = (name: LinkName) => `${host}:${links[name].port}`;
  const kafka: PrivateServer = await startKafka({
    WORKER: { port: toWorker, advertised: links.kafka.port },
    DRUID: { port: toDruid, advertised: links['druid-to-kafka'].port },
  });
  return {
    of: (name) => links[name],
    direct: {
      MILLRACE_KAFKA_BROKERS: `${host}:${kafka.port}`,
      MILLRACE_KAFKA_BROKERS_FOR_DRUID: at('druid-to-kafka'),
    },
    proxied: {
      MILLRACE_KAFKA_BROKERS: at('kafka'),
      MILLRACE_MARIADB_HOST: host,
      MILLRACE_MARIADB_PORT: String(links.mariadb.port),
      MILLRACE_DRUID_URL: `http://${at('druid')}`,
      MILLRACE_DRUID_TASKS_URL: `http://${at('druid-tasks')}`,
      TEMPORAL_ADDRESS: at('temporal'),
      VENDOR_URL: `http://${at('vendor')}`,
    },
    async close() {
      await toxiproxy.stop();
      await kafka.stop();
    },
  };
}

function linkTo(toxiproxy: Toxiproxy, name: LinkName, url: string): Promise<Link> {
  const { hostname, port } = new URL(url);
  return toxiproxy.link(name, { host: hostname, port: Number(port) });
}

/** All tasks of the stack run in its one indexer. */
async function tasksUrl({ druid }: ReturnType<typeof loadConfig>): Promise<string> {
  const sql = "SELECT host, plaintext_port AS port FROM sys.servers WHERE server_type = 'indexer'";
  const [indexer] = await connectDruid(druid).rows(sql);
  if (indexer === undefined) throw new Error('Druid has no indexer');
  return `http://${String(indexer['host'])}:${String(indexer['port'])}`;
}

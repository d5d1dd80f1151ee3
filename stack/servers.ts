import { druidServers } from './druid/server.ts';
import { kafkaServer } from './kafka/server.ts';
import { mariadbServer } from './mariadb/server.ts';
import type { Server } from './server.ts';
import { supersetServer } from './superset/server.ts';
import { temporalServer } from './temporal/server.ts';
import { zookeeperServer } from './zookeeper/server.ts';

/** All servers. The one whose download takes longest comes first. */
export const SERVERS: readonly Server[] = [
  temporalServer,
  zookeeperServer,
  ...druidServers,
  kafkaServer,
  mariadbServer,
  supersetServer,
];

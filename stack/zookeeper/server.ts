import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchDruid } from '../druid/fetch.ts';
import { homePaths } from '../home.ts';
import { renderLog4j2 } from '../log4j2.ts';
import { firstBytes } from '../net.ts';
import { JAVA_QUICK_START, javaProgram, renderProperties } from '../server.ts';
import type { Server } from '../server.ts';
import { ZOOKEEPER_HEAP, zookeeperProperties } from './settings.ts';

/** Where Druid's roles find each other. Its jars come with Druid's. */
export const zookeeperServer: Server = {
  name: 'zookeeper',
  ports: ['zookeeper'],
  fetch: fetchDruid,
  prepare: async ({ home }) => {
    const { conf, state } = homePaths(home.dir);
    mkdirSync(conf('zookeeper'), { recursive: true });
    mkdirSync(state('zookeeper'), { recursive: true });
    writeFileSync(path.join(conf('zookeeper'), 'zoo.cfg'), renderProperties(zookeeperProperties(home)));
    // Asked whether it is ready a moment too early, it logs a NullPointerException.
    const levels = { root: 'warn', 'org.apache.zookeeper.server.ServerCnxn': 'off' } as const;
    writeFileSync(path.join(conf('zookeeper'), 'log4j2.xml'), renderLog4j2(levels));
  },
  launch: ({ home, package: jars }) => {
    const conf = homePaths(home.dir).conf('zookeeper');
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
    return {
      command: javaProgram(),
      args: [
        `-Xmx${ZOOKEEPER_HEAP}`,
        JAVA_QUICK_START,
        '-XX:+UseSerialGC',
        '-Dzookeeper.jmx.log4j.disable=true',
        '-cp',
        `${conf}:${jars}/*`,
        main,
        path.join(conf, 'zoo.cfg'),
      ],
    };
  },
  ready: async ({ home }) => (await firstBytes(home.ports.zookeeper, 'ruok')).toString() === 'imok',
  startTimeoutMs: 60_000,
  stopTimeoutMs: 10_000,
};

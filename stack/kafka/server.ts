import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureCached } from '../cache.ts';
import { homePaths } from '../home.ts';
import type { Home } from '../home.ts';
import { renderLog4j2 } from '../log4j2.ts';
import { jarEntry } from '../maven.ts';
import { firstBytes } from '../net.ts';
import { runLogged } from '../run.ts';
import { JAVA_QUICK_START, javaProgram, plainEnvironment, renderProperties, VERSIONS } from '../server.ts';
import type { Server, ServerContext } from '../server.ts';
import { KAFKA_HEAP, kafkaProperties } from './settings.ts';

const JARS = jarEntry({
  name: 'kafka',
  version: VERSIONS.kafka,
  artifacts: [
    `org.apache.kafka:kafka_2.13:${VERSIONS.kafka}`,
    // Kafka's published jars log nowhere: this binds them to their own log4j.
    `org.apache.logging.log4j:log4j-slf4j-impl:${VERSIONS.kafkaLog4j}`,
  ],
});

/** One Kafka node in KRaft mode. */
export const kafkaServer: Server = {
  name: 'kafka',
  ports: ['kafka', 'kafkaController'],
  fetch: (cache, report) => ensureCached(cache, JARS, report),
  prepare,
  launch: (context) => ({
    command: javaProgram(),
    args: [
      `-Xms${KAFKA_HEAP}`,
      `-Xmx${KAFKA_HEAP}`,
      JAVA_QUICK_START,
      '-XX:+ExitOnOutOfMemoryError',
      ...java(context),
      'kafka.Kafka',
      propertiesFile(context.home),
    ],
  }),
  ready: async ({ home }) => isApiVersionsAnswer(await firstBytes(home.ports.kafka, API_VERSIONS_REQUEST)),
  startTimeoutMs: 60_000,
  stopTimeoutMs: 20_000,
};

/** Writes the settings; a new data folder is formatted with the home's cluster id. */
async function prepare(context: ServerContext): Promise<void> {
  const { home } = context;
  const paths = homePaths(home.dir);
  mkdirSync(paths.conf('kafka'), { recursive: true });
  writeFileSync(propertiesFile(home), renderProperties(kafkaProperties(home)));
  writeFileSync(
    path.join(paths.conf('kafka'), 'log4j2.xml'),
    renderLog4j2({
      root: 'warn',
      'kafka.server': 'info',
      'org.apache.kafka.common.utils.AppInfoParser': 'warn',
    }),
  );
  if (existsSync(path.join(paths.state('kafka'), 'meta.properties'))) return;
  mkdirSync(paths.state('kafka'), { recursive: true });
  const format = ['format', `--cluster-id=${home.secrets.kafkaClusterId}`, '-c', propertiesFile(home)];
  await runLogged(
    javaProgram(),
    [...java(context), 'kafka.tools.StorageTool', ...format],
    paths.log('kafka'),
    {
      env: plainEnvironment(),
      timeoutMs: 60_000,
    },
  );
}

function java({ home, package: jars }: ServerContext): string[] {
  return ['-cp', `${homePaths(home.dir).conf('kafka')}:${jars}/*`];
}

function propertiesFile(home: Home): string {
  return path.join(homePaths(home.dir).conf('kafka'), 'server.properties');
}

/**
 * ApiVersions v0 with correlation id 1 and no client id: the first request of every Kafka client. A broker
 * answers none before it has started.
 */
const API_VERSIONS_REQUEST = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

/** Four bytes of length, our correlation id, then the error code 0. */
function isApiVersionsAnswer(bytes: Buffer): boolean {
  return bytes.length >= 10 && bytes.readInt32BE(4) === 1 && bytes.readInt16BE(8) === 0;
}

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { homePaths } from '../home.ts';
import { renderLog4j2 } from '../log4j2.ts';
import { answers, LOOPBACK } from '../net.ts';
import { JAVA_QUICK_START, javaProgram, renderProperties } from '../server.ts';
import type { Server, ServerContext } from '../server.ts';
import { fetchDruid } from './fetch.ts';
import {
  DRUID_MEMORY,
  DRUID_PORTS,
  DRUID_ROLES,
  druidCommonProperties,
  druidRoleProperties,
} from './settings.ts';
import type { DruidRole } from './settings.ts';

/** What Druid reaches inside Java 17. */
const JAVA_OPENS = [
  '--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED',
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
  '--add-opens=java.base/java.io=ALL-UNNAMED',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
];

/** Druid's five roles. */
export const druidServers: readonly Server[] = DRUID_ROLES.map((role) => ({
  name: `druid-${role}`,
  ports: role === 'coordinator' ? [DRUID_PORTS[role], 'druidDerby'] : [DRUID_PORTS[role]],
  dependsOn: ['zookeeper'],
  fetch: fetchDruid,
  prepare: (context) => prepare(context, role),
  launch: (context) => ({
    command: javaProgram(),
    args: [...javaArgs(context, role), 'org.apache.druid.cli.Main', 'server', role],
  }),
  ready: ({ home }) => answers(`http://${LOOPBACK}:${home.ports[DRUID_PORTS[role]]}/status/health`),
  startTimeoutMs: 180_000,
  stopTimeoutMs: 20_000,
}));

async function prepare({ home }: ServerContext, role: DruidRole): Promise<void> {
  const { conf, state } = homePaths(home.dir);
  const common = path.join(conf('druid'), 'common');
  for (const dir of [
    common,
    path.join(conf('druid'), role),
    path.join(state('druid'), 'extensions'),
    temporaryDir(home.dir, role),
  ]) {
    mkdirSync(dir, { recursive: true });
  }
  writeFileSync(
    path.join(common, 'common.runtime.properties'),
    renderProperties(druidCommonProperties(home)),
  );
  writeFileSync(
    path.join(common, 'log4j2.xml'),
    renderLog4j2({ root: 'warn', 'org.apache.druid.indexing.kafka.supervisor': 'info' }),
  );
  writeFileSync(
    path.join(conf('druid'), role, 'runtime.properties'),
    renderProperties(druidRoleProperties(home, role)),
  );
}

function javaArgs({ home, package: jars }: ServerContext, role: DruidRole): string[] {
  const { heap, direct } = DRUID_MEMORY[role];
  const conf = homePaths(home.dir).conf('druid');
  return [
    '-server',
    `-Xms${heap}`,
    `-Xmx${heap}`,
    `-XX:MaxDirectMemorySize=${direct}`,
    JAVA_QUICK_START,
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-Duser.timezone=UTC',
    '-Dfile.encoding=UTF-8',
    `-Djava.io.tmpdir=${temporaryDir(home.dir, role)}`,
    `-Dderby.stream.error.file=${homePaths(home.dir).log('druid-derby')}`,
    // Libraries that log by java.util.logging go the same way as all others.
    '-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager',
    ...JAVA_OPENS,
    '-cp',
    `${conf}/common:${conf}/${role}:${jars}/*`,
  ];
}

function temporaryDir(home: string, role: DruidRole): string {
  return path.join(homePaths(home).state('druid'), 'tmp', role);
}

import { druidCommonProperties, druidRoleProperties, DRUID_ROLES } from '../../stack/druid/settings.ts';
import type { Home } from '../../stack/home.ts';
import { kafkaProperties } from '../../stack/kafka/settings.ts';
import type { Launch, Server } from '../../stack/server.ts';
import { TEMPORAL_RETENTION_HOURS } from '../../stack/temporal/settings.ts';
import { zookeeperProperties } from '../../stack/zookeeper/settings.ts';
import { interpolate } from './compose-file.ts';
import type { ComposeService } from './compose-file.ts';

/** All that decides how a server behaves, by name. */
export type ServerSettings = Record<string, string>;

/** What the native launcher gives a server: its files of settings, its arguments, its variables. */
export function nativeSettings(server: Server, home: Home): ServerSettings {
  const launch = server.launch({ home, package: '/package' });
  const { args, env = {} } = launch;
  const role = DRUID_ROLES.find((name) => `druid-${name}` === server.name);
  if (role !== undefined) {
    return {
      ...texts(druidCommonProperties(home)),
      ...texts(druidRoleProperties(home, role)),
      ...jvmOf(launch),
    };
  }
  switch (server.name) {
    case 'kafka':
      return { ...texts(kafkaProperties(home)), 'cluster id': home.secrets.kafkaClusterId, ...jvmOf(launch) };
    case 'zookeeper':
      return { ...texts(zookeeperProperties(home)), ...jvmOf(launch) };
    case 'temporal':
      return { ...flagsOf(args), retention: `${TEMPORAL_RETENTION_HOURS}h` };
    case 'mariadb':
      // Given by whoever runs the tests as root.
      return flagsOf(args.filter((arg) => arg !== '--user=root'));
    default:
      return { ...flagsOf(args), ...env };
  }
}

/** The same of a service in docker-compose.yml, with its variables replaced. */
export function composeSettings(
  name: string,
  service: ComposeService,
  variables: Readonly<Record<string, string | undefined>>,
): ServerSettings {
  const env = Object.fromEntries(
    Object.entries(service.environment).map(([key, value]) => [key, interpolate(value, variables)]),
  );
  const jvm = (...args: (string | undefined)[]) => jvmFlags(args.join(' ').split(' '));
  if (name.startsWith('druid-')) {
    const memory = [`-Xms${env['DRUID_XMS']}`, `-Xmx${env['DRUID_XMX']}`];
    const direct = `-XX:MaxDirectMemorySize=${env['DRUID_MAXDIRECTMEMORYSIZE']}`;
    const properties = pick(env, /^druid_/, (key) => key.replaceAll('_', '.'));
    return { ...properties, ...jvm(...memory, direct, env['JAVA_OPTS']) };
  }
  switch (name) {
    case 'kafka': {
      const setting = /^KAFKA_(?!HEAP_OPTS$|OPTS$|LOG4J)/;
      const properties = pick(env, setting, (key) => key.slice(6).toLowerCase().replaceAll('_', '.'));
      return {
        ...properties,
        'cluster id': env['CLUSTER_ID'] ?? '',
        ...jvm(env['KAFKA_HEAP_OPTS'], env['KAFKA_OPTS']),
      };
    }
    case 'zookeeper':
      return {
        ...pick(env, /^ZOO_/, (key) => ZOOKEEPER_VARIABLES[key] ?? key),
        ...jvm(`-Xmx${env['ZK_SERVER_HEAP']}m`, env['SERVER_JVMFLAGS']),
      };
    case 'temporal':
      return { ...flagsOf(service.command), retention: env['NAMESPACE_RETENTION'] ?? '' };
    case 'mariadb':
      return flagsOf(service.command);
    default:
      return { ...flagsOf(service.command.slice(1)), ...env };
  }
}

/** What the image makes of its variables. */
const ZOOKEEPER_VARIABLES: Record<string, string> = {
  ZOO_TICK_TIME: 'tickTime',
  ZOO_ADMINSERVER_ENABLED: 'admin.enableServer',
  ZOO_AUTOPURGE_PURGEINTERVAL: 'autopurge.purgeInterval',
  ZOO_4LW_COMMANDS_WHITELIST: '4lw.commands.whitelist',
};

function texts(settings: Readonly<Record<string, string | number | boolean>>): ServerSettings {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
}

function pick(env: ServerSettings, which: RegExp, rename: (key: string) => string): ServerSettings {
  const entries = Object.entries(env).filter(([key]) => which.test(key));
  return Object.fromEntries(entries.map(([key, value]) => [rename(key), value]));
}

/** `--name=value` and `--name value`; a flag that is given often counts by the name inside its value. */
function flagsOf(args: readonly string[]): ServerSettings {
  const settings: ServerSettings = {};
  for (let i = 0; i < args.length; i++) {
    const [flag = '', ...more] = (args[i] ?? '').split('=');
    if (!flag.startsWith('--')) {
      settings[`argument ${flag}`] = more.join('=');
      continue;
    }
    const next = args[i + 1];
    if (more.length === 0 && next !== undefined && !next.startsWith('--')) i++;
    const value = more.length > 0 ? more.join('=') : next?.startsWith('--') ? '' : (next ?? '');
    const inner = /^([\w.]+)=(.*)$/.exec(value);
    if (inner === null) settings[flag] = value;
    else settings[`${flag} ${inner[1]}`] = inner[2] ?? '';
  }
  return settings;
}

function jvmOf({ args }: Launch): ServerSettings {
  return jvmFlags(args.slice(0, args.indexOf('-cp')));
}

/** `-Xmx1g`, `-XX:Name=value`, `-XX:+Name`, `-Dname=value` by name; the many `--add-*` as one. */
function jvmFlags(args: readonly string[]): ServerSettings {
  const settings: ServerSettings = {};
  for (const arg of args) {
    const [, name, value] = /^(-Xm[sx])(.*)$/.exec(arg) ?? /^(-(?:XX:|D)[\w.]+)=(.*)$/.exec(arg) ?? [];
    const toggle = /^-XX:([+-])(\w+)$/.exec(arg);
    if (arg.startsWith('--add-')) settings['--add-opens, --add-exports'] = 'some';
    else if (toggle !== null) settings[`-XX:${toggle[2]}`] = toggle[1] ?? '';
    else settings[name ?? arg] = value ?? '';
  }
  return settings;
}

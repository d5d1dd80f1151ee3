import { MillraceError } from '../src/errors.ts';
import { isFree, ownerOfPort, pickFreePort } from './net.ts';

/**
 * Every port of the stack: its default, and (by name) the variable that moves it. All listen on 127.0.0.1.
 * `druidDerby` is the metadata database inside the coordinator.
 */
export const DEFAULT_PORTS = {
  temporal: 7233,
  temporalUi: 8233,
  kafka: 9092,
  kafkaController: 9093,
  zookeeper: 2181,
  druidCoordinator: 8081,
  druidBroker: 8082,
  druidHistorical: 8083,
  druidIndexer: 8091,
  druidRouter: 8888,
  druidDerby: 1527,
  mariadb: 3306,
  superset: 8088,
} as const;

export type PortName = keyof typeof DEFAULT_PORTS;
export type Ports = Record<PortName, number>;
export const PORT_NAMES = Object.keys(DEFAULT_PORTS) as PortName[];

/** `kafkaController` → `MILLRACE_PORT_KAFKA_CONTROLLER`. */
export function portVariable(name: PortName): string {
  return `MILLRACE_PORT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

export interface PortSources {
  /** The environment: a `MILLRACE_PORT_*` wins over everything. */
  explicit: Record<string, string | undefined>;
  /** What the home's stack.env says; empty for a new home. */
  remembered: Record<string, string | undefined>;
}

/**
 * Which port each server gets: the environment's, else the remembered one, else the default.
 *
 * @throws CONFIG_INVALID naming every malformed or doubled port at once
 */
export function choosePorts({ explicit, remembered }: PortSources): Ports {
  const ports = {} as Ports;
  const problems: string[] = [];
  for (const name of PORT_NAMES) {
    const variable = portVariable(name);
    const text = explicit[variable] || remembered[variable];
    const port = text === undefined ? DEFAULT_PORTS[name] : Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      problems.push(`  ${variable}=${text}: must be a whole number from 1 to 65535`);
    }
    const twin = PORT_NAMES.find((other) => ports[other] === port);
    if (twin !== undefined) problems.push(`  ${variable}=${port}: ${portVariable(twin)} has the same port`);
    ports[name] = port;
  }
  if (problems.length > 0) {
    throw new MillraceError('CONFIG_INVALID', `These ports cannot be used:\n${problems.join('\n')}`);
  }
  return ports;
}

/** The same ports, with those in `names` replaced by ports that nobody uses. */
export async function withFreePorts(ports: Ports, names: readonly PortName[]): Promise<Ports> {
  const moved = { ...ports };
  const taken = new Set<number>(
    PORT_NAMES.filter((name) => !names.includes(name)).map((name) => ports[name]),
  );
  for (const name of names) {
    moved[name] = await pickFreePort(taken);
    taken.add(moved[name]);
  }
  return moved;
}

/** Which of these ports somebody already listens on. */
export async function busyPorts(ports: Ports, names: readonly PortName[]): Promise<PortName[]> {
  const free = await Promise.all(names.map((name) => isFree(ports[name])));
  return names.filter((_, index) => !free[index]);
}

/** One error for all busy ports: who has each, and the variable that moves it. */
export function portsBusyError(ports: Ports, busy: readonly PortName[]): MillraceError {
  const lines = busy.map((name) => {
    const owner = ownerOfPort(ports[name]);
    const taken = owner === undefined ? 'another program' : `process ${owner.pid} (${owner.command})`;
    return `  127.0.0.1:${ports[name]} for ${name} is taken by ${taken}; move ours with ${portVariable(name)}=<port>`;
  });
  const remedy =
    'Stop these programs, move ports one by one, or let all find free ones with MILLRACE_PORTS=free.';
  return new MillraceError(
    'STACK_PORT_BUSY',
    `Ports that the stack needs are taken:\n${lines.join('\n')}\n${remedy}`,
    {
      context: { ports: busy.map((name) => ports[name]) },
    },
  );
}

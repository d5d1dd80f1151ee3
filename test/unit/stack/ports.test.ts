import net from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { ownerOfPort } from '../../../stack/net.ts';
import {
  busyPorts,
  choosePorts,
  DEFAULT_PORTS,
  PORT_NAMES,
  portsBusyError,
  portVariable,
  withFreePorts,
} from '../../../stack/ports.ts';

describe('choosing ports', () => {
  test('a new home gets the defaults', () => {
    expect(choosePorts({ explicit: {}, remembered: {} })).toEqual(DEFAULT_PORTS);
  });

  test('a remembered port wins over the default, and the environment over both', () => {
    const ports = choosePorts({
      explicit: { MILLRACE_PORT_KAFKA: '29092' },
      remembered: { MILLRACE_PORT_KAFKA: '19092', MILLRACE_PORT_MARIADB: '13306' },
    });
    expect([ports.kafka, ports.mariadb, ports.temporal]).toEqual([29092, 13306, 7233]);
  });

  test('malformed and doubled ports are named all at once, by their variables', () => {
    const explicit = {
      MILLRACE_PORT_KAFKA: 'x',
      MILLRACE_PORT_ZOOKEEPER: '0',
      MILLRACE_PORT_MARIADB: '8088',
    };
    expect(() => choosePorts({ explicit, remembered: {} })).toThrowError(
      /MILLRACE_PORT_KAFKA=x.*MILLRACE_PORT_ZOOKEEPER=0.*MILLRACE_PORT_SUPERSET=8088: MILLRACE_PORT_MARIADB has/s,
    );
  });

  test.each([
    ['kafka', 'MILLRACE_PORT_KAFKA'],
    ['temporalUi', 'MILLRACE_PORT_TEMPORAL_UI'],
    ['druidCoordinator', 'MILLRACE_PORT_DRUID_COORDINATOR'],
  ] as const)('%s is moved by %s', (name, variable) => {
    expect(portVariable(name)).toBe(variable);
  });

  test('free ports are distinct, and ports that were not to move stay', async () => {
    const ports = await withFreePorts(
      DEFAULT_PORTS,
      PORT_NAMES.filter((name) => name !== 'superset'),
    );
    expect(ports.superset).toBe(DEFAULT_PORTS.superset);
    expect(new Set(Object.values(ports)).size).toBe(PORT_NAMES.length);
    expect(ports.kafka).not.toBe(DEFAULT_PORTS.kafka);
  });
});

describe('a port that somebody listens on', () => {
  test('is found, and is reported with its owner and the variable that moves ours', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const ports = { ...DEFAULT_PORTS, kafka: port };

    expect(await busyPorts(ports, ['kafka'])).toEqual(['kafka']);
    const { code, message } = portsBusyError(ports, ['kafka']);
    expect(code).toBe('STACK_PORT_BUSY');
    expect(message).toContain(`127.0.0.1:${port} for kafka`);
    expect(message).toContain('MILLRACE_PORT_KAFKA=<port>');
    if (process.platform === 'linux') expect(ownerOfPort(port)?.pid).toBe(process.pid);
    server.close();
  });
});

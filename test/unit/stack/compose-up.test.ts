import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { composeStatus, downCompose, upCompose, usesCompose } from '../../../stack/compose.ts';
import { readStackEnv } from '../../../stack/home.ts';
import { SERVERS } from '../../../stack/servers.ts';

/**
 * Stands in for Docker: notes what it is asked and with which variables, and lists the containers of `ps`, which
 * appear with `compose up`.
 */
const DOCKER = `#!/bin/sh
here=$(dirname "$0")
case "$1 $*" in
  'ps '*) cat "$here/ps" 2>/dev/null ;;
  *' up '*) env > "$here/up.env"; cp "$here/started" "$here/ps"; exit "$(cat "$here/exit")" ;;
  *' logs '*) echo "the log of $7" ;;
  *' down'*) echo "$*" > "$here/down" ;;
esac
exit 0
`;

let dir = '';
let home = '';
const lines: string[] = [];
const options = () => ({ home, report: (line: string) => lines.push(line) });

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'millrace-compose-'));
  home = path.join(dir, 'home');
  const bin = path.join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'docker'), DOCKER);
  chmodSync(path.join(bin, 'docker'), 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
  vi.stubEnv('MILLRACE_PORTS', 'free');
  lines.length = 0;
  starting({ exitCode: 0 });
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

describe('the stack in containers', () => {
  test('starts with the ports and passwords of its home, and the addresses that containers need', async () => {
    const { ports, secrets } = await upCompose(options());
    const given = parseEnv(file('up.env'));
    expect(given).toMatchObject({
      MILLRACE_PORT_KAFKA: String(ports.kafka),
      MILLRACE_MARIADB_PASSWORD: secrets.mariadbWorker,
      SUPERSET_SECRET_KEY: secrets.supersetKey,
    });
    expect(readStackEnv(home)).toMatchObject({
      COMPOSE_PROJECT_NAME: given['COMPOSE_PROJECT_NAME'],
      MILLRACE_KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
      MILLRACE_KAFKA_BROKERS_FOR_DRUID: 'kafka:19092',
      MILLRACE_DRUID_TASKS_URL: `http://127.0.0.1:${ports.druidIndexer}`,
      MILLRACE_SUPERSET_MARIADB_ADDRESS: 'mariadb:3306',
      MILLRACE_SUPERSET_DRUID_ADDRESS: 'druid-router:8888',
    });
    expect(usesCompose(home)).toBe(true);
  });

  test('reports each server once, with its address', async () => {
    const { ports } = await upCompose(options());
    const ready = lines.filter((line) => line.startsWith('✓'));
    expect(ready).toHaveLength(SERVERS.length);
    expect(ready.find((line) => line.includes('mariadb'))).toContain(`127.0.0.1:${ports.mariadb}`);
  });

  test('keeps ports and passwords at the next start', async () => {
    const first = await upCompose(options());
    expect(await upCompose(options())).toEqual(first);
  });

  test('names a server that does not become healthy, with the end of its log and where the log is', async () => {
    starting({ exitCode: 1, kafka: 'Up 60 seconds (unhealthy)' });
    await expect(upCompose(options())).rejects.toMatchObject({
      code: 'STACK_SERVER_FAILED',
      message: expect.stringMatching(
        /^kafka did not become healthy \(Up 60 seconds \(unhealthy\)\)[^]*the log of kafka\n.*log\/kafka\.log/,
      ) as string,
    });
  });

  test('shows a container that has ended as dead, and one that was never made as down', async () => {
    starting({ exitCode: 0, temporal: 'Exited (137) 2 minutes ago', superset: undefined });
    await upCompose(options());
    const states = Object.fromEntries((await composeStatus(home)).map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ temporal: 'dead', superset: 'down', kafka: 'up' });
  });

  test('removes the containers of its own project, and their data only when told', async () => {
    await upCompose(options());
    await downCompose(options());
    expect(file('down')).toMatch(/^compose --file \S+docker-compose\.yml down\n$/);
    await downCompose({ ...options(), forget: true });
    expect(file('down')).toMatch(/ down --volumes\n$/);
  });

  test('leaves Docker alone in a home that never used it', async () => {
    await downCompose(options());
    expect(() => file('down')).toThrow(/ENOENT/);
  });
});

/** What `ps` will list after `up`: all healthy, save for what is said here. */
function starting({
  exitCode,
  ...others
}: { exitCode: number } & Record<string, string | number | undefined>) {
  const rows = SERVERS.map(
    ({ name }) => [name, name in others ? others[name] : 'Up 9 seconds (healthy)'] as const,
  );
  const listed = rows
    .filter(([, status]) => status !== undefined)
    .map(([name, status]) => `${name}=${status}\n`);
  writeFileSync(path.join(dir, 'bin', 'started'), listed.join(''));
  writeFileSync(path.join(dir, 'bin', 'exit'), String(exitCode));
}

function file(name: string): string {
  return readFileSync(path.join(dir, 'bin', name), 'utf8');
}

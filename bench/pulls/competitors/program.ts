import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { identifier } from '../../../src/clients/mariadb.ts';
import { PACKAGE_DIR } from '../../../src/package.ts';
import { followed } from '../../../test/support/child.ts';
import { TABLE } from '../definitions.ts';
import type { Job, Ready } from './competitor.ts';

/** What a program is told, as JSON on its first line of input. */
interface Told {
  url: string;
  pages: number;
  rows: number;
  table: string;
  mariadb: { host: string; port: number; user: string; password: string; schema: string };
}

/**
 * Starts a competitor that is a program, with a schema of its own. It reads what it is told, prints `ready` when all is
 * imported, pulls after the line `go`, and prints `done`: how long a language takes to start is not compared.
 */
export async function openProgram(
  { config, admin, vendorUrl, setting: { pages, rows } }: Job,
  command: readonly [string, ...string[]],
  {
    schema,
    customer,
    variables = {},
  }: { schema: string; customer: string; variables?: Record<string, string> },
): Promise<Ready> {
  const drop = () => admin.execute(`DROP DATABASE IF EXISTS ${identifier(schema)}`);
  await drop();
  await admin.execute(`CREATE DATABASE ${identifier(schema)} CHARACTER SET utf8mb4`);
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: PACKAGE_DIR,
    env: { ...process.env, ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { log } = followed(child);
  // Of one that has ended, its output says so.
  child.stdin.on('error', () => undefined);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const says = async (wanted: string) => {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      if (line.value === wanted) return;
    }
    throw new Error(`${schema} ended before it was ${wanted}:\n${log()}`);
  };
  const { host, port } = config.mariadb;
  const { user, password } = config.mariadb.admin;
  const told: Told = {
    url: vendorUrl,
    pages,
    rows,
    table: TABLE,
    mariadb: { host, port, user, password, schema },
  };
  child.stdin.write(`${JSON.stringify(told)}\n`);
  await says('ready').catch(async (error: unknown) => {
    await drop();
    throw error;
  });
  return {
    pid: child.pid,
    pull: async () => {
      child.stdin.write('go\n');
      await says('done');
    },
    table: identifier(schema, TABLE),
    customer,
    close: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      if (child.exitCode === null && child.signalCode === null) await ended;
      await drop();
    },
  };
}

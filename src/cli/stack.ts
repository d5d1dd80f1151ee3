import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Command } from '@commander-js/extra-typings';
import type * as Preflight from '../../bin/preflight.mjs';
import { homePaths } from '../../stack/home.ts';
import { tailOf, type ProcessStatus } from '../../stack/process.ts';
import { down, reset, status, up } from '../../stack/stack.ts';
import { stateDir } from '../config.ts';
import { PACKAGE_DIR } from '../package.ts';
import { MillraceError } from '../errors.ts';
import { alternatives } from '../wording.ts';
import { ask, asJson, printFound, tell } from './print.ts';
import { ageOf, renderTable } from './table.ts';
import { wholeNumber } from './whole-number.ts';

/** `millrace stack …`: the servers on this machine. Progress goes to stderr, data to stdout. */
export function defineStack(stack: Command): void {
  stack
    .command('up')
    .description('fetch what is missing and start every server that does not run')
    .option('--docker', 'as containers, by docker-compose.yml')
    .action(async ({ docker }) => {
      const home = stateDir();
      await up({ home, report, docker: docker === true || (await isDockerNeeded(home)) });
    });
  stack
    .command('down')
    .description('stop everything that was started here, and nothing else')
    .action(async () => {
      const before = await status(stateDir());
      await down({ home: stateDir(), report });
      if (before.every(({ state }) => state === 'down')) report('nothing of this stack was running');
    });
  stack
    .command('status')
    .description('every server: state, address, memory; exit code 1 when one has died')
    .option('--json', 'print as JSON')
    .action(({ json }) => printStatus(json === true));
  stack
    .command('logs')
    .description("the end of a server's log")
    .argument('<server>', 'its name, as `stack status` shows it')
    .option('--lines <n>', 'how many lines', wholeNumber(1), 200)
    .option('--follow', 'go on printing what is added')
    .action((server, { lines, follow }) => printLog(server, lines, follow === true));
  stack
    .command('reset')
    .description('stop everything and forget all data, settings and passwords of this stack')
    .option('--yes', 'do not ask')
    .action(async ({ yes }) => {
      if (yes || (await isConfirmed())) await reset({ home: stateDir(), report });
    });
}

/**
 * Looks at the machine before the first start of a home. One that has started has its way of running.
 * @throws STACK_PREREQUISITE naming all that is missing, each with the command that installs it
 */
async function isDockerNeeded(home: string): Promise<boolean> {
  if (existsSync(homePaths(home).envFile)) return false;
  // Plain JavaScript outside of what is built: `npm start` looks before anything is installed.
  const file = pathToFileURL(path.join(PACKAGE_DIR, 'bin', 'preflight.mjs')).href;
  const { lackText, preflight } = (await import(file)) as typeof Preflight;
  const { mode, problems } = await preflight();
  if (problems.length === 0) return mode === 'docker';
  throw new MillraceError('STACK_PREREQUISITE', lackText(problems));
}

function report(line: string): void {
  tell(`${line}\n`);
}

async function printStatus(isJson: boolean): Promise<void> {
  const statuses = await status(stateDir());
  printFound(statuses, isJson ? asJson : statusTable);
  if (statuses.some(({ state }) => state === 'dead')) process.exitCode = 1;
}

function statusTable(statuses: readonly ProcessStatus[]): string {
  const rows = statuses.map(({ name, state, pid, address, rssBytes, since }) => [
    name,
    state,
    pid === undefined ? '-' : String(pid),
    address ?? '-',
    rssBytes === undefined ? '-' : `${Math.round(rssBytes / 1e6)} MB`,
    since === undefined ? '-' : ageOf(Date.now() - Date.parse(since)),
  ]);
  return renderTable(['server', 'state', 'pid', 'address', 'memory', 'up for'], rows);
}

async function printLog(server: string, lines: number, follow: boolean): Promise<void> {
  const home = stateDir();
  const names = (await status(home)).map(({ name }) => name);
  if (!names.includes(server)) {
    throw new MillraceError('INPUT_INVALID', `There is no server '${server}'${alternatives(server, names)}`);
  }
  const file = homePaths(home).log(server);
  let printed = sizeOf(file);
  const tail = tailOf(file, lines);
  if (tail !== '') printFound(tail.split('\n'), asText);
  while (follow) {
    await delay(FOLLOW_MS);
    printed = printFrom(file, printed);
  }
}

const FOLLOW_MS = 300;

/** Prints the lines that a log got since `start`, and returns where they end: of half a secret nothing is known. */
function printFrom(file: string, start: number): number {
  const size = sizeOf(file);
  // A smaller log is a new one.
  if (size <= start) return size;
  const added = bytesOf(file, start, size);
  const lines = added.subarray(0, added.lastIndexOf('\n') + 1);
  if (lines.length > 0) printFound(lines.toString().trimEnd().split('\n'), asText);
  return start + lines.length;
}

function bytesOf(file: string, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start);
  const log = openSync(file, 'r');
  try {
    return bytes.subarray(0, readSync(log, bytes, { position: start }));
  } finally {
    closeSync(log);
  }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new MillraceError(
      'INPUT_INVALID',
      'Nobody is there to confirm that all data of this stack goes: npx millrace stack reset --yes does it unasked.',
    );
  }
  const question = `Stop the stack and forget its topics, tables, histories and passwords in ${stateDir()}? (yes/no) `;
  return (await ask(question)).trim().toLowerCase() === 'yes';
}

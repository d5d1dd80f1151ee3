import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Argument, type Command } from '@commander-js/extra-typings';
import type * as Preflight from '../../bin/preflight.mjs';
import { homePaths } from '../../stack/home.ts';
import { tailOf, type ProcessStatus } from '../../stack/process.ts';
import * as servers from '../../stack/stack.ts';
import { stateDir } from '../config.ts';
import { PACKAGE_DIR } from '../package.ts';
import { MillraceError } from '../errors.ts';
import { alternatives } from '../wording.ts';
import { offering } from './completion/offers.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { ask, asJson, asLines, printFound, tell } from './print.ts';
import { ageOf, renderTable } from './table.ts';
import { wholeNumber } from './whole-number.ts';

/** `millrace stack …`: the servers on this machine. Progress goes to stderr, data to stdout. */
export function defineStack(stack: Command): void {
  examples(stack, [
    ['millrace stack up', 'start every server; the first time fetches them'],
    ['millrace stack status', 'what runs, where, since when'],
    ['millrace stack logs kafka --follow', "what a server says, as 'status' names it"],
  ]);
  const up = stack
    .command('up')
    .description('fetch what is missing and start every server that does not run')
    .option('--docker', 'as containers, by docker-compose.yml')
    .action(async ({ docker }) => {
      const home = stateDir();
      await servers.up({ home, report, docker: docker === true || (await isDockerNeeded(home)) });
    });
  examples(up, [
    ['millrace stack up', 'start what does not run'],
    ['MILLRACE_PORTS=free millrace stack up', 'a new stack, on ports that nobody uses'],
  ]);
  const down = stack
    .command('down')
    .description('stop everything that was started here, and nothing else')
    .action(async () => {
      const before = await servers.status(stateDir());
      await servers.down({ home: stateDir(), report });
      if (before.every(({ state }) => state === 'down')) report('nothing of this stack was running');
    });
  examples(down, [['millrace stack down', 'stop the servers; their data stays']]);
  const status = stack
    .command('status')
    .description('every server: state, address, memory; exit code 1 when one has died')
    .addOption(outputOption('table', 'json', 'name'))
    .addOption(jsonOption())
    .action(({ output }) => printStatus(output));
  examples(status, [
    ['millrace stack status', 'what runs, where, since when'],
    ['millrace stack status -o name', "the names that 'logs' takes"],
  ]);
  const logs = stack
    .command('logs')
    .description("the end of a server's log")
    .addArgument(offering(new Argument('<server>', 'its name, as `stack status` shows it'), serverNames))
    .option('--lines <n>', 'how many lines', wholeNumber(1), 200)
    .option('--follow', 'go on printing what is added')
    .action((server, { lines, follow }) => printLog(server, lines, follow === true));
  examples(logs, [
    ['millrace stack logs kafka', 'its last 200 lines'],
    ['millrace stack logs druid-indexer --lines 50 --follow', 'and what comes'],
  ]);
  const reset = stack
    .command('reset')
    .description('stop everything and forget all data, settings and passwords of this stack')
    .option('--yes', 'do not ask')
    .action(async ({ yes }) => {
      if (yes || (await isConfirmed())) await servers.reset({ home: stateDir(), report });
    });
  examples(reset, [['millrace stack reset', 'asks first; downloads stay']]);
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

async function printStatus(output: 'table' | 'json' | 'name'): Promise<void> {
  const statuses = await servers.status(stateDir());
  printFound(statuses, { table: statusTable, json: asJson, name: namesOf }[output]);
  if (statuses.some(({ state }) => state === 'dead')) process.exitCode = 1;
}

async function serverNames(): Promise<string[]> {
  return (await servers.status(stateDir())).map(({ name }) => name);
}

function namesOf(statuses: readonly ProcessStatus[]): string {
  return asLines(statuses.map(({ name }) => name));
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
  const names = await serverNames();
  if (!names.includes(server)) {
    throw new MillraceError('INPUT_INVALID', `There is no server '${server}'${alternatives(server, names)}`);
  }
  const file = homePaths(home).log(server);
  let printed = sizeOf(file);
  const tail = tailOf(file, lines);
  if (tail !== '') printFound(tail.split('\n'), asLines);
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
  if (lines.length > 0) printFound(lines.toString().trimEnd().split('\n'), asLines);
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

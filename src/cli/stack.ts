import { createReadStream, existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from '@commander-js/extra-typings';
import { homePaths } from '../../stack/home.ts';
import { tailOf } from '../../stack/process.ts';
import { down, reset, status, up } from '../../stack/stack.ts';
import { stateDir } from '../config.ts';
import { MillraceError } from '../errors.ts';
import { alternatives } from '../wording.ts';
import { ageOf, renderTable } from './table.ts';
import { wholeNumber } from './whole-number.ts';

/** `millrace stack …`: the servers on this machine. Progress goes to stderr, data to stdout. */
export function registerStack(program: Command): void {
  const stack = program.command('stack').description('the servers on this machine');
  stack
    .command('up')
    .description('fetch what is missing and start every server that does not run')
    .option('--docker', 'as containers, by docker-compose.yml')
    .action(async ({ docker }) => {
      await up({ home: stateDir(), report, docker: docker === true });
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

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function printStatus(asJson: boolean): Promise<void> {
  const statuses = await status(stateDir());
  const rows = statuses.map(({ name, state, pid, address, rssBytes, since }) => [
    name,
    state,
    pid === undefined ? '-' : String(pid),
    address ?? '-',
    rssBytes === undefined ? '-' : `${Math.round(rssBytes / 1e6)} MB`,
    since === undefined ? '-' : ageOf(Date.now() - Date.parse(since)),
  ]);
  const table = () => renderTable(['server', 'state', 'pid', 'address', 'memory', 'up for'], rows);
  process.stdout.write(asJson ? `${JSON.stringify(statuses, null, 2)}\n` : table());
  if (statuses.some(({ state }) => state === 'dead')) process.exitCode = 1;
}

async function printLog(server: string, lines: number, follow: boolean): Promise<void> {
  const home = stateDir();
  const names = (await status(home)).map(({ name }) => name);
  if (!names.includes(server)) {
    throw new MillraceError('INPUT_INVALID', `There is no server '${server}'${alternatives(server, names)}`);
  }
  const file = homePaths(home).log(server);
  let printed = existsSync(file) ? statSync(file).size : 0;
  const tail = tailOf(file, lines);
  if (tail !== '') process.stdout.write(`${tail}\n`);
  while (follow) {
    await delay(FOLLOW_MS);
    printed = await printFrom(file, printed);
  }
}

const FOLLOW_MS = 300;

/** Prints what a log got since `start`, and returns its size. */
async function printFrom(file: string, start: number): Promise<number> {
  const size = existsSync(file) ? statSync(file).size : 0;
  // A smaller log is a new one.
  if (size <= start) return size;
  await pipeline(createReadStream(file, { start, end: size - 1 }), process.stdout, { end: false });
  return size;
}

async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new MillraceError(
      'INPUT_INVALID',
      'Nobody is there to confirm that all data of this stack goes: millrace stack reset --yes does it unasked.',
    );
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const question = `Stop the stack and forget its topics, tables, histories and passwords in ${stateDir()}? (yes/no) `;
  const answer = await prompt.question(question);
  prompt.close();
  return answer.trim().toLowerCase() === 'yes';
}

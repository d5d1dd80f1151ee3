import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { projectOf } from './mutant.ts';

/** What became of a named test. `not run`: its file did not load, a hook failed, or there is no such test. */
export interface Verdict {
  outcome: 'passed' | 'failed' | 'not run';
  /** The first line of what it said; '' of one that passed. */
  says: string;
}

const REPORT = z.object({
  testResults: z.array(
    z.object({
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});
type Report = z.infer<typeof REPORT>;

/** Longer than any named test takes; one that hangs is not one that fails. */
const LIMIT_MS = 900_000;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Runs exactly these tests of one file in a copy of the tree. @returns what became of each, by its name */
export async function runTests(
  folder: string,
  file: string,
  names: readonly string[],
  stopping: AbortSignal,
): Promise<ReadonlyMap<string, Verdict>> {
  const out = path.join(folder, '.millrace', 'report.json');
  await rm(out, { force: true });
  const said = await vitest(folder, file, names, out, stopping);
  const report = await reportIn(out);
  return new Map(
    names.map((name) => [
      name,
      report === undefined ? { outcome: 'not run', says: lastLine(said) } : verdictOf(report, name),
    ]),
  );
}

async function vitest(
  folder: string,
  file: string,
  names: readonly string[],
  out: string,
  stopping: AbortSignal,
): Promise<string> {
  const args = [
    path.join('node_modules', 'vitest', 'vitest.mjs'),
    ...['run', '--project', projectOf(file), '--testNamePattern', names.map(escaped).join('|')],
    ...['--reporter=json', `--outputFile=${out}`, file],
  ];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    // The home of the copy, whatever the one of this project is.
    env: { ...process.env, CI: 'true', MILLRACE_HOME: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([stopping, AbortSignal.timeout(LIMIT_MS)]),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += String(chunk)));
  await once(child, 'close').catch((error: unknown) => {
    if (stopping.aborted) throw error;
    said += `\nit did not end within ${LIMIT_MS / 60_000} minutes`;
  });
  return said;
}

async function reportIn(file: string): Promise<Report | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : REPORT.parse(JSON.parse(text));
}

function verdictOf({ testResults }: Report, name: string): Verdict {
  const ran = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName, status }) => fullName.includes(name) && ['passed', 'failed'].includes(status));
  const failed = ran.find(({ status }) => status === 'failed');
  if (failed !== undefined) return { outcome: 'failed', says: saidBy(failed.failureMessages?.[0] ?? '') };
  if (ran.length > 0) return { outcome: 'passed', says: '' };
  const why = testResults.map(({ message = '' }) => message).find((message) => message !== '');
  return { outcome: 'not run', says: why === undefined ? 'no test of that name has run' : firstLine(why) };
}

/** Of a test that has run out of its time, vitest gives where it stands and not what it said. */
function saidBy(message: string): string {
  return message.includes('STACK_TRACE_ERROR') ? 'the test ran out of its time' : firstLine(message);
}

function lastLine(text: string): string {
  return firstLine(text.trim().split('\n').at(-1) ?? '');
}

function firstLine(text: string): string {
  return (text.replaceAll(COLOURS, '').trim().split('\n')[0] ?? '').slice(0, 160);
}

function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

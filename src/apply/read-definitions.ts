import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Worker } from 'node:worker_threads';
import { inheritedVariables } from '../config.ts';
import { checkTogether } from '../define/check.ts';
import type { Declared, Problem } from '../define/declared.ts';
import type { Definition } from '../definition/definition.ts';
import { messageOf, MillraceError } from '../errors.ts';
import { PACKAGE_DIR } from '../package.ts';
import { upwards } from '../upwards.ts';
import { cutTo } from '../wording.ts';
import type { FilesToRead, Found, Said } from './definition-files.ts';

export interface FoundDefinition {
  definition: Definition;
  /** Where it stands, as messages show it: `pipelines/shop.ts`. */
  file: string;
}

/** One mistake in what a project defines, as `context.mistakes` of the error has them. */
export interface Mistake {
  file: string;
  /** Absent: the file itself cannot be loaded. */
  definition?: Pick<Declared, 'kind' | 'name'>;
  /** Keys with dots between them: `http.pages.kind`. Absent: the definition as a whole. */
  option?: string;
  /** The value received, what is wrong with it, and what to write instead. */
  text: string;
}

/** By definition, its file. */
export function filesOf(found: readonly FoundDefinition[]): ReadonlyMap<string, string> {
  return new Map(found.map(({ definition, file }) => [definition.name, file]));
}

/** A file that takes longer waits for something that does not come. */
const FILE_LIMIT_MS = 10_000;
/** As Node says that an await at the top of a file waits for what can never come. */
const UNSETTLED = 13;
const NEVER_COMES = 'has a top-level await that never settles; find the promise that nobody resolves.';
const ENDED = 'ended the process while it was loaded; take its process.exit out.';
/** A definition that leaves something running, such as a timer, does not hold the command up for longer. */
const END_LIMIT_MS = 1_000;

/**
 * Reads all definitions of a folder, and of the folders in it: the exports of each `*.ts` file, and what their SQL
 * reads. Every call reads the files anew.
 *
 * @param fileLimitMs how long one file may take to be loaded
 * @throws DEFINITION_INVALID listing every mistake of every file, one per line:
 *   `pipelines/shop.ts · pull 'rates' · http.pages.kind: 'curser' is unknown; use 'cursor', 'lastRow', …`
 */
export async function readDefinitions(dir: string, fileLimitMs = FILE_LIMIT_MS): Promise<FoundDefinition[]> {
  return readFiles(dir, await definitionFiles(dir), fileLimitMs);
}

/** Reads the definitions of one file, wherever it lies. @throws DEFINITION_INVALID */
export async function readDefinitionFile(file: string): Promise<FoundDefinition[]> {
  if (!existsSync(file)) {
    throw new MillraceError(
      'DEFINITION_INVALID',
      `${file}: there is no such file; give the path of a file of definitions.`,
    );
  }
  return readFiles(path.dirname(file), [path.basename(file)], FILE_LIMIT_MS);
}

async function readFiles(dir: string, files: string[], fileLimitMs: number): Promise<FoundDefinition[]> {
  const toRead = { dir, files, tsconfig: tsconfigAbove(dir) };
  const { declared, problems: ofFiles } =
    (await inThread({ ...toRead, by: 'require' }, fileLimitMs)) ??
    (await inThread({ ...toRead, by: 'import' }, fileLimitMs));
  const shown = (file: string) => `${path.basename(dir)}/${file.replaceAll(path.sep, '/')}`;
  const outlines = declared.map((one) => ({ ...one, file: shown(one.file) }));
  const mistakes: Mistake[] = [
    ...ofFiles.map(({ file, text }) => ({ file: shown(file), text: onOneLine(text) })),
    ...outlines.flatMap((one) => one.problems.map((problem) => mistakeIn(one, problem))),
    ...checkTogether(outlines).map((problem) => mistakeIn(problem.of, problem)),
  ];
  if (mistakes.length > 0) {
    throw new MillraceError('DEFINITION_INVALID', mistakes.map(line).join('\n'), { context: { mistakes } });
  }
  return outlines.flatMap(({ definition, file }) => (definition === undefined ? [] : [{ definition, file }]));
}

async function definitionFiles(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name))
      .filter(({ name }) => !/\.(d|test)\.m?ts$/.test(name))
      .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
      .filter((file) => !/(^|[\\/])(node_modules|\.[^\\/]*)[\\/]/.test(file))
      .sort();
  } catch (error) {
    const message = `${dir}: the folder of definitions cannot be read: ${messageOf(error)}`;
    throw new MillraceError(
      'DEFINITION_INVALID',
      `${message}; create it, go to the folder of a project, or set MILLRACE_PIPELINES.`,
      { cause: error },
    );
  }
}

/** As the project's own compiler reads the files: the nearest tsconfig.json from the folder upwards. */
function tsconfigAbove(dir: string): string | false {
  const files = upwards(dir).map((folder) => path.join(folder, 'tsconfig.json'));
  return files.find((file) => existsSync(file)) ?? false;
}

/** Only built code runs as a thread: Node 20 cannot run TypeScript, and tests are built code's users here, too. */
const THREAD = path.join(PACKAGE_DIR, 'dist', 'definition-files.js');

/**
 * Reads the files in a thread of their own, which is stopped where one of them does not come to an end.
 * @returns undefined where a file cannot be required, and has to be imported
 */
function inThread(toRead: FilesToRead & { by: 'import' }, fileLimitMs: number): Promise<Found>;
function inThread(toRead: FilesToRead, fileLimitMs: number): Promise<Found | undefined>;
async function inThread(toRead: FilesToRead, fileLimitMs: number): Promise<Found | undefined> {
  // tsx takes the compiler's settings for what is required from the environment alone. A setting of the user's own would
  // be for another program.
  const { TSX_TSCONFIG_PATH: _, ...inherited } = inheritedVariables();
  const env = toRead.tsconfig === false ? inherited : { ...inherited, TSX_TSCONFIG_PATH: toRead.tsconfig };
  const thread = new Worker(THREAD, { workerData: toRead, env });
  let loading: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isDone = false;
  try {
    return await new Promise<Found | undefined>((resolve, reject) => {
      const brokeOff = (text: string) => {
        if (loading === undefined) reject(notBegun(toRead, text));
        else resolve({ declared: [], problems: [{ file: loading, text }] });
      };
      thread.on('message', (said: Said) => {
        clearTimeout(timer);
        isDone = 'found' in said;
        if ('found' in said) return resolve(said.found);
        if ('awaits' in said) return resolve(undefined);
        loading = said.loading;
        const text = `is still being loaded after ${fileLimitMs / 1_000} s; look for a loop, or an await, without an end.`;
        timer = setTimeout(brokeOff, fileLimitMs, text);
      });
      thread.on('error', (error) => brokeOff(`cannot be loaded: ${messageOf(error)}; mend the file.`));
      thread.on('exit', (code) => brokeOff(code === UNSETTLED ? NEVER_COMES : ENDED));
    });
  } finally {
    clearTimeout(timer);
    if (isDone) letEnd(thread);
    else await thread.terminate();
  }
}

/** The compiler writes down what it has compiled, which the next reading need not compile again. */
function letEnd(thread: Worker): void {
  const ending = setTimeout(() => void thread.terminate(), END_LIMIT_MS);
  thread.once('exit', () => clearTimeout(ending));
}

/** Before the first file: the compiler's settings are what is read then. */
function notBegun({ dir, tsconfig }: FilesToRead, text: string): MillraceError {
  return new MillraceError(
    'DEFINITION_INVALID',
    `${tsconfig || dir}: the definitions cannot be read: ${onOneLine(text)} Where it names a package, 'npm install' may be missing.`,
  );
}

/** Compilers colour their messages and draw in them. */
function onOneLine(message: string): string {
  return cutTo(500, stripVTControlCharacters(message).replaceAll(/\s+/g, ' '));
}

function mistakeIn(
  { file, kind, name }: Pick<Declared, 'kind' | 'name'> & { file: string },
  { path: where, text }: Problem,
): Mistake {
  return { file, definition: { kind, name }, ...(where === '' ? {} : { option: where }), text };
}

function line({ file, definition, option, text }: Mistake): string {
  const of = definition === undefined ? '' : ` · ${definition.kind} '${definition.name}'`;
  return `${file}${of}${option === undefined ? '' : ` · ${option}`}: ${text}`;
}

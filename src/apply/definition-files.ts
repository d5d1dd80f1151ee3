import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { register as registerRequire } from 'tsx/cjs/api';
import { isDeclared, takeDeclared, type Declared, type Kind, type Problem } from '../define/declared.ts';
import type { Definition } from '../definition/definition.ts';
import { messageOf } from '../errors.ts';
import * as vocabulary from '../index.ts';

/** What the thread is given. */
export interface FilesToRead {
  /** The folder of definitions, absolute. */
  dir: string;
  /** Its files, relative to it, in the order in which they are read. */
  files: readonly string[];
  /** The project's tsconfig.json; false: it has none. */
  tsconfig: string | false;
  /** `require` is twice as fast: `import` starts a second thread. A file with a top-level await has to be imported. */
  by: 'require' | 'import';
}

/** One message of the thread. The last one says what it found, or that a file has to be imported: it awaits at its top. */
export type Said = { loading: string } | { found: Found } | { awaits: true };

export interface Found {
  declared: FoundDeclared[];
  problems: FileProblem[];
}

export interface FileProblem {
  file: string;
  text: string;
}

/** A definition, or the mistakes in it, as plain data. */
export interface FoundDeclared {
  kind: Kind;
  name: string;
  /** Where it stands, relative to the folder. */
  file: string;
  definition?: Definition;
  problems: readonly Problem[];
  /** Names of what its SQL reads. */
  reads: readonly string[];
}

/** By declaration: the file that it stands in. */
type Files = Map<Declared, string>;

const EXPORTS_NOTHING = 'exports nothing; export its definitions, or delete the file.';

/*
 * This module is a thread of its own: definition files are other people's programs, and TypeScript. A file that never
 * comes to an end is stopped with the thread, and whoever reads the folder again gets every file anew.
 */
const { dir, files, tsconfig, by } = workerData as FilesToRead;
// What a definition prints belongs to no command's result.
console.log = console.info = console.error;
registerRequire();
giveVocabulary();
// Without "type": "module" in the project, Node requires what it would import: both are hooked.
if (by === 'import') (await import('tsx/esm/api')).register({ tsconfig });
await readAll().then(
  (found) => say({ found }),
  (error: unknown) => {
    if (!awaitsAtItsTop(error)) throw error;
    say({ awaits: true });
  },
);

/** 'millrace' is the vocabulary of the program that reads, whichever copy of it the project has. */
function giveVocabulary(): void {
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const load = loader._load.bind(Module);
  loader._load = (request, ...rest) => (request === 'millrace' ? vocabulary : load(request, ...rest));
}

async function readAll(): Promise<Found> {
  const exported: Files = new Map();
  const made: Files = new Map();
  const problems: FileProblem[] = [];
  for (const file of files) {
    say({ loading: file });
    try {
      const values = exportsOf(await load(path.join(dir, file)));
      const declared = takeDeclared();
      for (const value of inOrder(values.filter(isDeclared), declared)) {
        if (!exported.has(value)) exported.set(value, file);
      }
      // What it declared and did not export is a problem of its own.
      if (values.length === 0 && declared.length === 0) problems.push({ file, text: EXPORTS_NOTHING });
      for (const one of declared) made.set(one, file);
    } catch (error) {
      if (awaitsAtItsTop(error)) throw error;
      // Of a file that broke off, what it declared is not complete: its one problem is enough.
      takeDeclared();
      problems.push({
        file,
        text: `cannot be loaded${lineIn(error, file)}: ${asWritten(messageOf(error))}; mend the file.`,
      });
    }
  }
  const found = withReads(exported);
  const declared = [...found].map(([one, file]) => plain(one, file));
  return { declared: [...declared, ...unread(found, made)], problems };
}

async function load(file: string): Promise<object> {
  return (by === 'require' ? createRequire(file)(file) : await import(pathToFileURL(file).href)) as object;
}

/** Without the names that the compiler gives to imports, and the files on the way to a module that is missing. */
function asWritten(message: string): string {
  const [said = ''] = message.split('\nRequire stack:');
  return said.replaceAll(/\(0 , import_\w+\.(\w+)\)/g, '$1').replaceAll(/\bimport_\w+\./g, '');
}

/** ` (line 17)`: where in the file it was thrown, or what the file called; '' where its stack does not say. */
function lineIn(error: unknown, file: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frame = stack.split('\n').find((line) => line.includes(`${path.join(dir, file)}:`)) ?? '';
  const [, line] = /:(\d+):\d+\)?$/.exec(frame) ?? [];
  return line === undefined ? '' : ` (line ${line})`;
}

/** As Node says it of what is required, and esbuild of what it compiles for that. */
function awaitsAtItsTop(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return by === 'require' && /ERR_REQUIRE_ASYNC_MODULE|Top-level await/.test(`${code} ${messageOf(error)}`);
}

/**
 * The values that a file exports. Of a module that was required, Node gives them all as its default, too, and from 23 on
 * once more as its `module.exports`.
 */
function exportsOf(module: object): unknown[] {
  const { default: main, 'module.exports': _, ...named } = module as Record<string, unknown>;
  const required: unknown[] = Object.keys(named).length === 0 && isPlain(main) ? Object.values(main) : [];
  return [...Object.values(named), ...(main === undefined || required.length > 0 ? [] : [main]), ...required];
}

/** As they stand in the file: a module gives its exports by their names. */
function inOrder(exported: readonly Declared[], declared: readonly Declared[]): Declared[] {
  return exported.toSorted((a, b) => declared.indexOf(a) - declared.indexOf(b));
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !isDeclared(value);
}

/** What a definition reads counts too, exported or not; it is taken to stand in the file of its first reader. */
function withReads(exported: Files): Files {
  const found: Files = new Map(exported);
  const add = (declared: Declared, file: string) => {
    for (const read of declared.reads) {
      if (found.has(read)) continue;
      found.set(read, file);
      add(read, file);
    }
  };
  for (const [declared, file] of exported) add(declared, file);
  return found;
}

function unread(found: Files, made: Files): FoundDeclared[] {
  const problem = { path: '', text: 'is neither exported nor read; export it or delete it.' };
  return [...made]
    .filter(([declared]) => !found.has(declared))
    .map(([declared, file]) => {
      const one = plain(declared, file);
      return { ...one, problems: [problem, ...one.problems] };
    });
}

function plain({ kind, name, definition, problems, reads }: Declared, file: string): FoundDeclared {
  return {
    kind,
    name,
    file,
    ...(definition === undefined ? {} : { definition }),
    problems,
    reads: reads.map((read) => read.name),
  };
}

function say(message: Said): void {
  parentPort?.postMessage(message);
}

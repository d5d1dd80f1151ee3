import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { checkTogether } from '../define/check.ts';
import { isDeclared, takeDeclared, type Declared, type Problem } from '../define/declared.ts';
import type { Definition } from '../definition/definition.ts';
import { messageOf, MillraceError } from '../errors.ts';
import { cutTo } from '../wording.ts';

export interface FoundDefinition {
  definition: Definition;
  /** Where it stands, as messages show it: `pipelines/flights.ts`. */
  file: string;
}

/** By definition, its file. */
export function filesOf(found: readonly FoundDefinition[]): ReadonlyMap<string, string> {
  return new Map(found.map(({ definition, file }) => [definition.name, file]));
}

/** By declaration: the file that it stands in. */
type Found = Map<Declared, string>;

/**
 * Reads all definitions of a folder: the exports of each `*.ts` file directly in it, and what their SQL reads.
 *
 * @throws DEFINITION_INVALID listing every mistake of every file, one per line:
 *   `pipelines/flights.ts · pull 'weather' · http.pages.kind: 'curser' is unknown; use 'cursor'.`
 */
export async function readDefinitions(dir: string): Promise<FoundDefinition[]> {
  const { exported, made, problems } = await importAll(dir);
  const found: Found = new Map(exported);
  for (const [declared, file] of exported) addReads(declared, file, found);
  for (const [declared, file] of made) {
    if (found.has(declared)) continue;
    problems.push(
      line(file, declared, { path: '', text: 'is neither exported nor read; export it or delete it.' }),
    );
    found.set(declared, file);
  }
  for (const [declared, file] of found) {
    problems.push(...declared.problems.map((problem) => line(file, declared, problem)));
  }
  const outlines = [...found].map(([declared, file]) => ({
    kind: declared.kind,
    name: declared.name,
    file,
    reads: declared.reads.map(({ name }) => name),
  }));
  problems.push(...checkTogether(outlines).map((problem) => line(problem.of.file, problem.of, problem)));
  if (problems.length > 0) throw new MillraceError('DEFINITION_INVALID', problems.join('\n'));
  return [...found].flatMap(([{ definition }, file]) =>
    definition === undefined ? [] : [{ definition, file }],
  );
}

async function importAll(dir: string): Promise<{ exported: Found; made: Found; problems: string[] }> {
  const exported: Found = new Map();
  const made: Found = new Map();
  const problems: string[] = [];
  takeDeclared();
  for (const name of await definitionFiles(dir)) {
    const file = `${path.basename(dir)}/${name}`;
    try {
      const exports = (await import(pathToFileURL(path.join(dir, name)).href)) as Record<string, unknown>;
      for (const value of Object.values(exports)) {
        if (isDeclared(value) && !exported.has(value)) exported.set(value, file);
      }
      // Of a file that broke off, what it declared is not complete: its one problem is enough.
      for (const declared of takeDeclared()) made.set(declared, file);
    } catch (error) {
      takeDeclared();
      problems.push(`${file}: cannot be loaded: ${onOneLine(messageOf(error))}; mend the file.`);
    }
  }
  return { exported, made, problems };
}

async function definitionFiles(dir: string): Promise<string[]> {
  try {
    const names = await readdir(dir);
    return names.filter((name) => name.endsWith('.ts') && !/\.(d|test)\.ts$/.test(name)).sort();
  } catch (error) {
    const message = `${path.basename(dir)}: the folder of definitions cannot be read: ${messageOf(error)}`;
    throw new MillraceError('DEFINITION_INVALID', `${message}; create it, or set MILLRACE_PIPELINES.`, {
      cause: error,
    });
  }
}

/** What a definition reads counts too, exported or not; it is taken to stand in the file of its first reader. */
function addReads(declared: Declared, file: string, found: Found): void {
  for (const read of declared.reads) {
    if (found.has(read)) continue;
    found.set(read, file);
    addReads(read, file, found);
  }
}

/** Compilers colour their messages and draw in them. */
function onOneLine(message: string): string {
  return cutTo(500, stripVTControlCharacters(message).replaceAll(/\s+/g, ' '));
}

function line(file: string, of: Pick<Declared, 'kind' | 'name'>, { path: where, text }: Problem): string {
  return `${file} · ${of.kind} '${of.name}'${where === '' ? '' : ` · ${where}`}: ${text}`;
}

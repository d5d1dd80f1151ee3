import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { messageOf, MillraceError } from './errors.ts';
import { upwards } from './upwards.ts';

/** What of a package.json says that its folder belongs to a project. */
const PACKAGE_JSON = z.object({
  name: z.string().optional(),
  millrace: z.object({ project: z.string() }).optional(),
  dependencies: z.record(z.string(), z.unknown()).default({}),
  devDependencies: z.record(z.string(), z.unknown()).default({}),
});

/**
 * The folder of the user's project, absolute: what `pipelines/`, `superset/`, `.env` and the home are relative to.
 *
 * It is the nearest, from the working directory upwards, that holds `pipelines/` or a package.json with a dependency on
 * millrace; or that a package.json on the way names: `"millrace": { "project": "data" }`, for a repository whose
 * project lies further down. Where there is none it is the working directory: a worker that gets all its settings from
 * the environment needs no project.
 * @throws CONFIG_INVALID for a package.json that cannot be read, or names a folder that is not there
 */
export function projectDir(from = process.cwd()): string {
  return nearest(from) ?? path.resolve(from);
}

/** What its package.json calls a project; undefined where it says nothing. */
export function projectName(dir: string): string | undefined {
  const file = path.join(dir, 'package.json');
  return existsSync(file) ? read(file).name : undefined;
}

function nearest(from: string): string | undefined {
  for (const dir of upwards(from)) {
    if (isFolder(path.join(dir, 'pipelines'))) return dir;
    const file = path.join(dir, 'package.json');
    if (!existsSync(file)) continue;
    const { millrace, dependencies, devDependencies } = read(file);
    if (millrace !== undefined) return named(file, millrace.project);
    if ('millrace' in dependencies || 'millrace' in devDependencies) return dir;
  }
  return undefined;
}

function read(file: string): z.infer<typeof PACKAGE_JSON> {
  try {
    return PACKAGE_JSON.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new MillraceError('CONFIG_INVALID', `${file} cannot be read: ${why}`, { cause: error });
  }
}

function named(file: string, project: string): string {
  const dir = path.resolve(path.dirname(file), project);
  if (isFolder(dir)) return dir;
  throw new MillraceError(
    'CONFIG_INVALID',
    `${file}: millrace.project names '${project}', and there is no such folder.`,
  );
}

function isFolder(dir: string): boolean {
  return statSync(dir, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { PACKAGE_DIR, packageVersion } from '../../package.ts';

/** What npm writes of an installed package: where it came from. */
const LOCK = z.object({
  packages: z.record(z.string(), z.looseObject({ resolved: z.string().optional() })),
});

/**
 * What a project's package.json says of millrace, so that `npm install` there gives this very millrace: the folder of
 * the clone, the file that it was installed from, or its version.
 * @param projectDir absolute; paths are relative to it
 */
export function dependencyFor(projectDir: string): string {
  // A package has no sources.
  if (existsSync(path.join(PACKAGE_DIR, 'src'))) return fileSpec(projectDir, PACKAGE_DIR);
  const tarball = installedFrom();
  return tarball === undefined ? packageVersion() : fileSpec(projectDir, tarball);
}

function fileSpec(projectDir: string, file: string): string {
  return `file:${path.relative(projectDir, file).replaceAll(path.sep, '/')}`;
}

/** The archive on this machine that npm installed us from, absolute; undefined where it came from a registry. */
function installedFrom(): string | undefined {
  const modules = path.dirname(PACKAGE_DIR);
  const lockFile = path.join(modules, '.package-lock.json');
  if (!existsSync(lockFile)) return undefined;
  const { packages } = LOCK.parse(JSON.parse(readFileSync(lockFile, 'utf8')));
  const resolved = packages[`node_modules/${path.basename(PACKAGE_DIR)}`]?.resolved;
  return resolved?.startsWith('file:') === true
    ? path.resolve(path.dirname(modules), resolved.slice('file:'.length))
    : undefined;
}

import { execFile } from 'node:child_process';
import { copyFile, lstat, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { stateDir } from '../../src/config.ts';
import { PACKAGE_DIR } from '../../src/package.ts';

/** A copy of the working tree, in which code may be broken. */
export interface Copy {
  folder: string;
  remove(): Promise<void>;
}

const MAX_LIST_BYTES = 10_000_000;

/**
 * Copies what git knows or would know of the project into a temporary folder. The packages are linked; the home there
 * is its own, and holds of this one only where the servers are.
 */
export async function copyTree(): Promise<Copy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-mutants-'));
  for (const file of await treeFiles()) await copyInto(folder, path.join(PACKAGE_DIR, file), file);
  await linkPackages(folder);
  const servers = path.join(stateDir(), 'stack.env');
  if (existsSync(servers))
    await copyInto(folder, servers, path.join('examples', 'flights', '.millrace', 'stack.env'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Each package by a link of its own: the one to millrace itself must lead to the copy. */
async function linkPackages(folder: string): Promise<void> {
  const packages = path.join(PACKAGE_DIR, 'node_modules');
  await mkdir(path.join(folder, 'node_modules'));
  for (const name of await readdir(packages)) {
    const target = name === 'millrace' ? folder : path.join(packages, name);
    await symlink(target, path.join(folder, 'node_modules', name));
  }
}

async function treeFiles(): Promise<string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const options = { cwd: PACKAGE_DIR, maxBuffer: MAX_LIST_BYTES };
  const { stdout } = await promisify(execFile)('git', args, options);
  return stdout.split('\0').filter((file) => file !== '' && file !== 'node_modules');
}

async function copyInto(folder: string, from: string, file: string): Promise<void> {
  // What was deleted and not committed yet is listed as well.
  if (!(await lstat(from).catch(() => undefined))?.isFile()) return;
  const to = path.join(folder, file);
  await mkdir(path.dirname(to), { recursive: true });
  await copyFile(from, to);
}

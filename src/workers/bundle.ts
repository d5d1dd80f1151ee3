import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT_DIR } from '../config.ts';

const WORKFLOWS_DIR = path.join(PROJECT_DIR, 'src', 'workflows');

/**
 * The workflows as one file for Temporal's sandbox. Made once per state of the code and kept in `homeDir`: making it
 * is most of the time that a worker takes to start.
 * @returns path of the bundle
 */
export async function workflowBundle(homeDir: string, logger: Logger): Promise<string> {
  const file = path.join(homeDir, 'state', 'workflows', `${await codeHash()}.js`);
  if (existsSync(file)) return file;
  const { code } = await bundleWorkflowCode({ workflowsPath: path.join(WORKFLOWS_DIR, 'index.ts'), logger });
  await mkdir(path.dirname(file), { recursive: true });
  // Renamed into place: a worker that starts at the same time sees a whole file or none.
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, code);
  await rename(unfinished, file);
  return file;
}

/** What workflows are made of: themselves, and the pure rules of a load. */
const SOURCES = [WORKFLOWS_DIR, path.join(PROJECT_DIR, 'src', 'load')];

/** Over the sources and over the lock file: bundle and worker must be of the same version of the SDK. */
async function codeHash(): Promise<string> {
  const listed = await Promise.all(SOURCES.map((dir) => filesIn(dir)));
  const hash = createHash('sha256');
  for (const file of [...listed.flat(), path.join(PROJECT_DIR, 'package-lock.json')])
    hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

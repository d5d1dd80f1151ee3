import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_DIR } from '../package.ts';

/** The workflows as one file for Temporal's sandbox: path, and the hash of what it was made of. */
export function workflowBundle(): { codePath: string; hash: string } {
  const dist = path.join(PACKAGE_DIR, 'dist');
  return {
    codePath: path.join(dist, 'workflows.js'),
    hash: readFileSync(path.join(dist, 'workflows.hash'), 'utf8'),
  };
}

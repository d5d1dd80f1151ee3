import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { upwards } from './upwards.ts';

/**
 * The folder of millrace itself, as npm installed it or as it was cloned. Nothing of a user's lies there. Built code lies
 * deeper than its source, so the folder is known by its package.json.
 */
export const PACKAGE_DIR =
  upwards(import.meta.dirname).find((dir) => existsSync(path.join(dir, 'package.json'))) ?? '';

/** The version of millrace, as its package.json says: `0.1.0`. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(PACKAGE_DIR, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

/** The same, with the commit that it was built of: `0.1.0 (1a2b3c4d5)`. */
export function builtVersion(): string {
  const file = path.join(PACKAGE_DIR, 'dist', 'commit');
  const commit = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return commit === '' ? packageVersion() : `${packageVersion()} (${commit})`;
}

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { PACKAGE_DIR } from '../../src/package.ts';

/** What `npm pack` made. */
export interface Packed {
  tarball: string;
  /** Every file in it, relative to the package. */
  files: string[];
}

/** Packs millrace as `npm publish` would, into a folder. Builds it first. */
export function pack(folder: string): Packed {
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: PACKAGE_DIR,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const parsed: unknown = JSON.parse(output);
  const [{ filename, files }] = (Array.isArray(parsed) ? parsed : Object.values(parsed as object)) as [
    { filename: string; files: { path: string }[] },
  ];
  return { tarball: path.join(folder, filename), files: files.map((file) => file.path) };
}

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { ensureBuilt } from '../../bin/build.mjs';
import { PACKAGE_DIR } from '../../src/package.ts';

/** What `npm pack` made. */
export interface Packed {
  tarball: string;
  /** Every file in it, relative to the package. */
  files: string[];
}

/** Packs millrace into a folder as `npm run pack` does, and builds it first where it is stale. */
export async function pack(folder: string): Promise<Packed> {
  await ensureBuilt({ declarations: true });
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

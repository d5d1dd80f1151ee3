// Keeps the package of a version for the tests of the next one: `npm run golden:package -- <commit>`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Build from '../../bin/build.mjs';
import type * as Migrations from '../../src/store/migrations.ts';
import { outsideNpm } from '../support/as-user.ts';

const GOLDEN = import.meta.dirname;
const CLONE = path.join(GOLDEN, '..', '..');
const INLINED_MAP = /\n\/\/# sourceMappingURL=data:.*\s*$/;
const EMPTY_MAP = { version: 3, file: 'workflows.js', sources: [], names: [], mappings: '' };

const [commit] = process.argv.slice(2);
if (commit === undefined) throw new Error('Say which commit: npm run golden:package -- <commit>');
const work = mkdtempSync(path.join(tmpdir(), 'millrace-golden-'));
try {
  run(CLONE, 'git', 'clone', '--quiet', CLONE, work);
  run(work, 'git', 'checkout', '--quiet', commit);
  // Of that commit's own lock file: the workflows carry Temporal's SDK in them.
  run(work, 'npm', 'ci', '--ignore-scripts');
  const { ensureBuilt } = await importOf<typeof Build>('bin/build.mjs');
  await ensureBuilt();
  slim(path.join(work, 'dist'));
  const { MIGRATIONS } = await importOf<typeof Migrations>('src/store/migrations.ts');
  const kept = path.join(GOLDEN, `millrace-store-${MIGRATIONS.at(-1)?.id}.tgz`);
  renameSync(path.join(GOLDEN, pack()), kept);
  console.log(`${path.relative(CLONE, kept)} is the package of ${commit}: say so in test/golden/README.md.`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Takes out the maps, which are two thirds of the whole, and name the folder in which it was built. */
function slim(dist: string): void {
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.map')) rmSync(path.join(dist, file));
  }
  // Temporal's SDK wants a map of the workflows, and is content with an empty one.
  const workflows = path.join(dist, 'workflows.js');
  const map = Buffer.from(JSON.stringify(EMPTY_MAP)).toString('base64');
  const inlined = `\n//# sourceMappingURL=data:application/json;base64,${map}`;
  writeFileSync(workflows, readFileSync(workflows, 'utf8').replace(INLINED_MAP, inlined));
}

/** @returns the name of the file that it made beside this one */
function pack(): string {
  const said = run(work, 'npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', GOLDEN);
  return said.trim().split('\n').at(-1) ?? '';
}

function importOf<T>(file: string): Promise<T> {
  return import(pathToFileURL(path.join(work, file)).href) as Promise<T>;
}

function run(cwd: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    cwd,
    env: { ...process.env, ...outsideNpm() },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

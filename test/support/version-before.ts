import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PACKAGE_DIR } from '../../src/package.ts';
import type { Installed } from './worker-process.ts';

/** The version before this one, installed in a project of its own. */
export interface VersionBefore extends Installed {
  /** The newest migration that it knows. */
  migration: number;
  remove(): void;
}

const GOLDEN = path.join(PACKAGE_DIR, 'test', 'golden');
const KEPT = /^millrace-store-(\d+)\.tgz$/;

/** Unpacks the newest package that `npm run golden:package` has kept. What it depends on is what this clone has. */
export function versionBefore(pipelines: Record<string, string>): VersionBefore {
  const migration = Math.max(...readdirSync(GOLDEN).map((file) => Number(KEPT.exec(file)?.[1] ?? 0)));
  const root = mkdtempSync(path.join(tmpdir(), 'millrace-before-'));
  execFileSync('tar', ['-xzf', path.join(GOLDEN, `millrace-store-${migration}.tgz`), '-C', root]);
  symlinkSync(path.join(PACKAGE_DIR, 'node_modules'), path.join(root, 'node_modules'));
  const project = path.join(root, 'project');
  mkdirSync(path.join(project, 'pipelines'), { recursive: true });
  for (const [name, text] of Object.entries(pipelines)) {
    writeFileSync(path.join(project, 'pipelines', name), text);
  }
  // Nearer than what stands above it, where `millrace` is this clone.
  mkdirSync(path.join(project, 'node_modules'));
  symlinkSync(path.join(root, 'package'), path.join(project, 'node_modules', 'millrace'));
  return {
    program: path.join(root, 'package', 'bin', 'millrace.mjs'),
    migration,
    project,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

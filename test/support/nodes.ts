import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { processVariables } from '../../src/config.ts';
import { cacheDir, ensureCached, type CacheEntry, type Report } from '../../stack/cache.ts';
import { capture, runLogged } from '../../stack/run.ts';
import { outsideNpm } from './as-user.ts';

/** On what a project has to run: the oldest Node that package.json allows, and the newest of each line after it. */
export const NODE_VERSIONS = ['20.19.0', '22.23.5', '24.22.3'] as const;

export type NodeVersion = (typeof NODE_VERSIONS)[number];

/** npm carries a program of each version. */
const PACKAGE = `node-linux-${process.arch}`;
const TIMEOUT_MS = 5 * 60_000;

/** A Node of this version, fetched once for a user. @returns its program */
export async function nodeProgram(version: NodeVersion, report: Report = () => undefined): Promise<string> {
  return path.join(await ensureCached(cacheDir(processVariables()), entry(version), report), 'node');
}

function entry(version: NodeVersion): CacheEntry {
  return {
    name: `node-${version}`,
    title: `node ${version}`,
    fetch: async (dir) => {
      const options = ['--prefix', dir, '--ignore-scripts', '--no-save', '--no-package-lock'];
      await runLogged(
        'npm',
        ['install', ...options, `${PACKAGE}@${version}`],
        path.join(path.dirname(dir), 'log', 'node.log'),
        { env: { ...processVariables(), ...outsideNpm() }, timeoutMs: TIMEOUT_MS },
      );
      const installed = path.join(dir, 'node_modules');
      const program = path.join(dir, 'node');
      renameSync(path.join(installed, PACKAGE, 'bin', 'node'), program);
      // Headers and documents, a third of the whole.
      rmSync(installed, { recursive: true });
      const shown = await capture(program, ['--version'], { env: {}, timeoutMs: 10_000 });
      if (shown.trim() !== `v${version}`) throw new Error(`${PACKAGE}@${version} is Node ${shown}`);
    },
  };
}

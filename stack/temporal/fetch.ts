import { existsSync } from 'node:fs';
import path from 'node:path';
import { MillraceError } from '../../src/errors.ts';
import { ensureCached } from '../cache.ts';
import type { CacheEntry, Report } from '../cache.ts';
import { findProgram } from '../debian.ts';
import { goInstall } from '../go.ts';
import { capture } from '../run.ts';
import { VERSIONS } from '../server.ts';

/** Temporal's program: the one on PATH, else one that Go compiles once for this user (some minutes). */
export async function fetchTemporal(cache: string, report: Report): Promise<string> {
  const installed = findProgram('temporal');
  if (installed !== undefined) return installed;
  return path.join(await ensureCached(cache, ENTRY, report), 'temporal');
}

const PROGRAM = `github.com/temporalio/cli/cmd/temporal@v${VERSIONS.temporal}`;

const ENTRY: CacheEntry = {
  // bin/bootstrap.mjs begins the same download in this folder, before anything else.
  name: `temporal-${VERSIONS.temporal}`,
  title: `temporal ${VERSIONS.temporal}`,
  beingDone: 'compiled',
  fetch: async (dir, report) => {
    if (await works(dir)) return;
    report(`  temporal ${VERSIONS.temporal}: compiling it with Go, about 5 minutes, once per machine`);
    await goInstall({
      title: `temporal ${VERSIONS.temporal}`,
      program: PROGRAM,
      dir,
      log: 'temporal',
      report,
    });
    if (!(await works(dir))) {
      throw new MillraceError(
        'STACK_SERVER_FAILED',
        `The temporal that Go made in ${dir} is not version ${VERSIONS.temporalServer}; remove that folder and try again.`,
      );
    }
  },
};

/** A build by `go install` does not know its own version, but it knows its server's. */
async function works(dir: string): Promise<boolean> {
  const program = path.join(dir, 'temporal');
  if (!existsSync(program)) return false;
  try {
    const shown = await capture(program, ['--version'], { env: {}, timeoutMs: 10_000 });
    return shown.includes(`Server ${VERSIONS.temporalServer}`);
  } catch {
    return false;
  }
}

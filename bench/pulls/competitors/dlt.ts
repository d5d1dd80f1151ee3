import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PACKAGE_DIR } from '../../../src/package.ts';
import { cacheDir, ensureCached } from '../../../stack/cache.ts';
import { makePythonEnvironment } from '../../../stack/python.ts';
import { capture } from '../../../stack/run.ts';
import { VERSIONS } from '../../../stack/server.ts';
import type { Competitor } from './competitor.ts';
import { openProgram } from './program.ts';

const FOLDER = path.join(PACKAGE_DIR, 'bench', 'pulls');
const REQUIREMENTS = path.join(FOLDER, 'requirements.txt');

/** A file of this many rows is what its workers share out. */
const FILE_ROWS = '50000';
/** Rows that it gathers before it writes them to a file. */
const BUFFER_ROWS = '10000';
/** Where its settings of files are read from: one for what was fetched, one for what is to be loaded. */
const WRITERS = ['SOURCES__DATA_WRITER', 'NORMALIZE__DATA_WRITER'];

/** As its pages on performance say, for a machine of two cores. */
const SETTINGS: Record<string, string> = {
  NORMALIZE__WORKERS: '2',
  LOAD__WORKERS: '2',
  ...Object.fromEntries(
    WRITERS.flatMap((writer) => [
      [`${writer}__FILE_MAX_ITEMS`, FILE_ROWS],
      [`${writer}__BUFFER_MAX_ITEMS`, BUFFER_ROWS],
      [`${writer}__DISABLE_COMPRESSION`, 'true'],
    ]),
  ),
  RESTORE_FROM_DESTINATION: 'false',
  RUNTIME__DLTHUB_TELEMETRY: 'false',
};

/** What was set, for the result. */
export const DLT_SETTINGS = {
  source: 'rest_api, paginator page_number, primary_key id, types of all columns declared',
  destination:
    'sqlalchemy over mysql+pymysql, create_primary_keys, the default loader_file_format typed-jsonl',
  write_disposition: 'append, into a table that was not there: merge and replace do more',
  progress: 'none',
  variables: SETTINGS,
};

/** dlt's own source and destination, in an environment with exactly the packages of `requirements.txt`. */
export const dlt: Competitor = {
  name: 'dlt',
  async open(job) {
    const python = await dltPython();
    const data = mkdtempSync(path.join(tmpdir(), 'millrace-pulls-dlt-'));
    const forget = () => rmSync(data, { recursive: true, force: true });
    try {
      const ready = await openProgram(job, [python, path.join(FOLDER, 'dlt_pull.py')], {
        schema: 'millrace_bench_pulls_dlt',
        customer: 'customer__name',
        variables: { ...SETTINGS, DLT_DATA_DIR: data },
      });
      return { ...ready, close: () => ready.close().finally(forget) };
    } catch (error) {
      forget();
      throw error;
    }
  },
};

/** Of dlt and of the Python that runs it. */
export async function dltVersions(): Promise<Record<string, string>> {
  const script = 'import dlt, platform; print(dlt.__version__, platform.python_version())';
  const options = { env: process.env, timeoutMs: 60_000 };
  const [version = '', python = ''] = (await capture(await dltPython(), ['-c', script], options))
    .trim()
    .split(' ');
  return { dlt: version, python };
}

/** The Python of its environment, which is made first where it is missing. */
async function dltPython(): Promise<string> {
  const pinned = readFileSync(REQUIREMENTS, 'utf8');
  const [, version = ''] = /^dlt==(.+)$/m.exec(pinned) ?? [];
  const hash = createHash('sha256').update(`${VERSIONS.python}\n${pinned}`).digest('hex').slice(0, 8);
  const entry = {
    name: `dlt-${version}-${hash}`,
    title: `dlt ${version}`,
    fetch: (dir: string) =>
      makePythonEnvironment(dir, 'dlt', REQUIREMENTS, path.join(path.dirname(dir), 'log', 'dlt.log')),
  };
  const dir = await ensureCached(cacheDir(process.env), entry, (line) => process.stderr.write(`${line}\n`));
  return path.join(dir, 'venv', 'bin', 'python');
}

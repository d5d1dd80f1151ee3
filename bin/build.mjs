// Makes dist/ of src/ and stack/: JavaScript that plain Node runs, the workflows as one file, the declarations.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const DIST = path.join(PACKAGE, 'dist');
/** What is built of what: a change in one of these makes `dist/` stale. */
const SOURCES = ['src', 'stack', 'bin/build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'];
/** Of what the workflows are made; the lock file, because bundle and worker must be of one version of the SDK. */
const WORKFLOW_SOURCES = ['src/workflows', 'src/load', 'bin/build.mjs', 'package-lock.json'];
/** Temporal's SDK takes no workflows without a map at their end. */
const INLINED_MAP = /(?<=\n\/\/# sourceMappingURL=data:[^,]*;base64,)\S+/;

/** Each is a file of `dist/` that others name: the rest is in chunks. */
const ENTRIES = {
  cli: 'src/cli/main.ts',
  index: 'src/index.ts',
  script: 'src/cli/script.ts',
  'definition-files': 'src/apply/definition-files.ts',
};

/** Builds everything anew. */
export async function build() {
  rmSync(DIST, { recursive: true, force: true });
  await Promise.all([buildProgram(), buildDeclarations()]);
}

/**
 * Builds what is older than its sources: nobody runs old code in a clone. Programs that run go on with the files that
 * they have; new ones lie beside them.
 *
 * @param {{ declarations?: boolean }} [parts] declarations take seconds, and no program reads them
 */
export async function ensureBuilt({ declarations = false } = {}) {
  const newest = newestSource();
  const isStale = (name) => madeAt(name) < newest;
  if (declarations && isStale('declarations'))
    console.error('building the declarations that the compiler of a project reads: half a minute, once');
  await Promise.all([
    isStale('program') ? buildProgram() : undefined,
    declarations && isStale('declarations') ? buildDeclarations() : undefined,
  ]);
}

/** Is the program newer than its sources? */
export function isBuilt() {
  return madeAt('program') >= newestSource();
}

function newestSource() {
  return Math.max(...SOURCES.map((source) => newestIn(path.join(PACKAGE, source))));
}

async function buildProgram() {
  const began = new Date();
  const { build: bundle } = await import('esbuild');
  const [{ outputFiles }] = await Promise.all([
    bundle({
      absWorkingDir: PACKAGE,
      entryPoints: ENTRIES,
      outdir: DIST,
      bundle: true,
      splitting: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      sourcemap: 'linked',
      // Stack traces name files of src/; the text of these is not needed for that.
      sourcesContent: false,
      chunkNames: 'chunks/[name]-[hash]',
      write: false,
      logLevel: 'warning',
    }),
    buildWorkflows(),
  ]);
  // Entries last: they must find their chunks.
  const entriesLast = outputFiles.toSorted((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)));
  for (const { path: file, contents } of entriesLast) writeWhole(file, contents);
  writeWhole(path.join(DIST, 'commit'), await commit());
  stamp('program', began);
}

/** What `millrace --version` says beside the version; '' where it is not known. */
async function commit() {
  const git = (...args) => promisify(execFile)('git', args, { cwd: PACKAGE });
  try {
    const { stdout: hash } = await git('rev-parse', '--short=9', 'HEAD');
    const { stdout: changes } = await git('status', '--porcelain', '--untracked-files=no');
    return changes === '' ? hash.trim() : `${hash.trim()} with changes`;
  } catch {
    return '';
  }
}

function isEntry(file) {
  return path.dirname(file) === DIST;
}

/** The workflows as one file for Temporal's sandbox, with the hash of what it was made of. Takes seconds. */
async function buildWorkflows() {
  const hash = createHash('sha256');
  for (const file of WORKFLOW_SOURCES.flatMap((source) => filesIn(path.join(PACKAGE, source)))) {
    hash.update(readFileSync(file));
  }
  const wanted = hash.digest('hex').slice(0, 16);
  const hashFile = path.join(DIST, 'workflows.hash');
  const bundleFile = path.join(DIST, 'workflows.js');
  if (existsSync(bundleFile) && existsSync(hashFile) && readFileSync(hashFile, 'utf8') === wanted) return;
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(PACKAGE, 'src', 'workflows', 'index.ts'),
    logger: QUIET,
  });
  writeWhole(bundleFile, code.replace(INLINED_MAP, relativeMap));
  writeWhole(hashFile, wanted);
}

/** A map of files as they lie in the package, wherever that is, and without their text, which is most of it. */
function relativeMap(encoded) {
  const { sourcesContent: _, sources, ...map } = JSON.parse(Buffer.from(encoded, 'base64').toString());
  const inPackage = sources.map((source) => source.replace(PACKAGE, ''));
  return Buffer.from(JSON.stringify({ ...map, sources: inPackage })).toString('base64');
}

const say = (level) => (message) => console.error(`workflows: ${level}: ${message}`);
const QUIET = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: say('warning'),
  error: say('error'),
};

async function buildDeclarations() {
  const began = new Date();
  const tsc = path.join(PACKAGE, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    await promisify(execFile)(process.execPath, [tsc, '--project', 'tsconfig.build.json'], { cwd: PACKAGE });
  } catch (error) {
    throw new Error(`the declarations cannot be built:\n${error.stdout}`, { cause: error });
  }
  stamp('declarations', began);
}

/** Whoever reads at the same time sees the old file or the new one. */
function writeWhole(file, contents) {
  mkdirSync(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, file);
}

/** What has changed since the build began is not in it. */
function stamp(name, began) {
  writeWhole(path.join(DIST, `.${name}`), began.toISOString());
}

function madeAt(name) {
  const file = path.join(DIST, `.${name}`);
  return existsSync(file) ? Date.parse(readFileSync(file, 'utf8')) : 0;
}

/** The newest change in milliseconds; of a folder itself too, because a file that was deleted leaves no other trace. */
function newestIn(place) {
  const stat = statSync(place);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inside = readdirSync(place, { withFileTypes: true }).filter(
    ({ name }) => !/^(\.|__pycache__)/.test(name),
  );
  return Math.max(stat.mtimeMs, ...inside.map(({ name }) => newestIn(path.join(place, name))));
}

function filesIn(place) {
  if (!statSync(place).isDirectory()) return [place];
  const entries = readdirSync(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();

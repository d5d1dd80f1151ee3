// What `npm start` and `npm test` do first: look at the machine, install the dependencies, build what is older than its
// sources. Needs nothing installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, hasTemporal, lackText, preflight, temporalFolder } from './preflight.mjs';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const LOCK_FILE = path.join(PACKAGE, 'package-lock.json');
/** Says, inside node_modules, which package-lock.json was installed. */
const INSTALLED_FILE = path.join(PACKAGE, 'node_modules', '.installed-lock');

/**
 * Ends the process with code 1 and every problem where something is missing.
 *
 * @param {readonly string[]} args those of the command line; `--docker` counts here
 * @param {() => Promise<unknown>} load what to load of that which was built; where all is there, while this looks at the
 *   machine
 * @returns {Promise<'native' | 'docker'>} how the servers are to be run
 */
export async function bootstrap(args = [], load = async () => undefined) {
  const looking = lookAtMachine(args);
  if (!isInstalled()) {
    await looking;
    await installDependencies();
  }
  const { ensureBuilt, isBuilt } = await import('./build.mjs');
  // Compiling keeps this process busy for seconds, and the look has to see its commands end in time.
  if (!isBuilt()) {
    await looking;
    await ensureBuilt();
  }
  const [mode] = await Promise.all([looking, load()]);
  return mode;
}

async function lookAtMachine(args) {
  const { mode, problems } = await preflight({ docker: args.includes('--docker') });
  if (problems.length > 0) {
    console.error(lackText(problems));
    process.exit(1);
  }
  if (mode === 'native') beginTemporalDownload();
  return mode;
}

function isInstalled() {
  return existsSync(INSTALLED_FILE) && readFileSync(INSTALLED_FILE, 'utf8') === wantedDependencies();
}

/** The hash of package-lock.json. */
function wantedDependencies() {
  return createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex');
}

async function installDependencies() {
  console.error('npm ci: installing the dependencies');
  const began = Date.now();
  const child = spawn('npm', ['ci'], { cwd: PACKAGE, stdio: ['ignore', 2, 2] });
  const [code] = await once(child, 'exit');
  if (code !== 0) {
    console.error('npm ci failed: mend what it says above and start again.');
    process.exit(1);
  }
  writeFileSync(INSTALLED_FILE, wantedDependencies());
  console.error(`npm ci: ${Math.round((Date.now() - began) / 1000)} s`);
}

/**
 * Compiling Temporal's program takes minutes, once per machine: begun before anything else. The stack finds the
 * lock of this child, waits for it, and checks the result.
 */
function beginTemporalDownload() {
  if (hasTemporal()) return;
  const { temporal: version } = JSON.parse(
    readFileSync(path.join(PACKAGE, 'stack', 'versions.json'), 'utf8'),
  );
  const cache = cacheFolder();
  const lock = path.join(cache, 'locks', `temporal-${version}`);
  if (existsSync(lock)) return;
  for (const dir of [temporalFolder(), path.join(cache, 'locks'), path.join(cache, 'log')]) {
    mkdirSync(dir, { recursive: true });
  }
  console.error(`temporal ${version}: compiling it in the background, about 5 minutes, once per machine`);
  const child = inBackground(
    ['go', 'install', `github.com/temporalio/cli/cmd/temporal@v${version}`],
    path.join(cache, 'log', 'temporal.log'),
    { GOBIN: temporalFolder() },
  );
  try {
    writeFileSync(lock, JSON.stringify({ pid: child.pid }), { flag: 'wx' });
  } catch {
    // Another start was faster.
    child.kill();
  }
}

function inBackground([command, ...args], logFile, env) {
  const log = openSync(logFile, 'a');
  const options = { env: { ...process.env, ...env }, detached: true, stdio: ['ignore', log, log] };
  const child = spawn(command, args, options);
  // A command that is missing is reported by the stack, which tries again.
  child.on('error', () => undefined);
  child.unref();
  return child;
}

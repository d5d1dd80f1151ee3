// Is everything here that the stack needs? Answers in under two seconds, with every problem and its remedy at once.
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { homedir, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const VERSIONS = JSON.parse(readFileSync(path.join(PROJECT, 'stack', 'versions.json'), 'utf8'));
const COMMAND_TIMEOUT_MS = 1_500;

const NODE_NEEDED = [20, 19];
const JAVA_NEEDED = 17;
const GO_NEEDED = [1, 21];
const MEMORY_NEEDED_GB = 5;
const DISK_NEEDED_GB = 5;

/**
 * @import { Facts, Problem, Wish } from './preflight.d.mts'
 */

/**
 * Natively where the toolchains are there, else in containers where Docker answers.
 *
 * @param {Facts} facts
 * @param {Wish} [wish]
 * @returns {{ mode: 'native' | 'docker', problems: Problem[] }} nothing can start while there are problems
 */
export function decide(facts, wish = {}) {
  const machine = machineProblems(facts);
  if (wish.docker) return { mode: 'docker', problems: facts.docker ? machine : [...machine, NO_DOCKER] };
  const toolchains = toolchainProblems(facts);
  if (toolchains.length > 0 && facts.docker) return { mode: 'docker', problems: machine };
  return { mode: 'native', problems: [...machine, ...toolchains] };
}

const NO_DOCKER = {
  what: 'no Docker with compose answers (`docker info`, `docker compose version`)',
  remedy: 'start Docker, or leave out --docker',
};

/** @param {Facts} facts @returns {Problem[]} */
function machineProblems({ node, memoryGb, diskGb }) {
  const problems = [];
  if (isOlder(node, NODE_NEEDED)) {
    const what = `Node ${node.join('.')} is too old: ${NODE_NEEDED.join('.')} or newer is needed`;
    problems.push({ what, remedy: 'nvm install 20 && nvm use 20' });
  }
  if (memoryGb < MEMORY_NEEDED_GB) {
    const what = `this machine has ${memoryGb.toFixed(1)} GB of memory: the servers need ${MEMORY_NEEDED_GB}`;
    problems.push({ what, remedy: 'give the machine (or the container) more memory' });
  }
  if (diskGb < DISK_NEEDED_GB) {
    const what = `${diskGb.toFixed(1)} GB are free on the disk: downloads and data need ${DISK_NEEDED_GB}`;
    problems.push({
      what,
      remedy: 'free some space, or point XDG_CACHE_HOME and MILLRACE_HOME to a larger disk',
    });
  }
  return problems;
}

/** @param {Facts} facts @returns {Problem[]} */
function toolchainProblems(facts) {
  const install = installer(facts);
  const python = `python${VERSIONS.python}`;
  const problems = [];
  if (facts.java === undefined || facts.java < JAVA_NEEDED) {
    const what = facts.java === undefined ? 'java is missing' : `java is version ${facts.java}`;
    problems.push({ what: `${what}: Kafka and Druid need ${JAVA_NEEDED} or newer`, remedy: install('java') });
  }
  if (!facts.maven)
    problems.push({ what: 'mvn is missing: Kafka and Druid come by it', remedy: install('maven') });
  if (!facts.temporal && (facts.go === undefined || isOlder(facts.go, GO_NEEDED))) {
    const go = facts.go === undefined ? 'go is missing' : `go is version ${facts.go.join('.')}`;
    const what = `no temporal on PATH, and ${go}: ${GO_NEEDED.join('.')} or newer compiles it`;
    problems.push({ what, remedy: install('go') });
  }
  if (!facts.python)
    problems.push({ what: `${python} is missing: Superset needs it`, remedy: install('python') });
  else if (!facts.venv)
    problems.push({ what: `${python} cannot make environments`, remedy: install('python') });
  // Root gets them installed by the start itself.
  if (facts.mariadbMissing.length > 0 && !(facts.apt && facts.root)) {
    problems.push({
      what: `${facts.mariadbMissing.join(', ')} missing: MariaDB`,
      remedy: install('mariadb'),
    });
  }
  return problems;
}

const DEBIAN = {
  java: 'openjdk-17-jre-headless',
  maven: 'maven',
  python: `python${VERSIONS.python} python${VERSIONS.python}-venv`,
  mariadb: 'mariadb-server-core mariadb-client-core',
};
const HOMEBREW = {
  java: 'openjdk@17',
  maven: 'maven',
  python: `python@${VERSIONS.python}`,
  mariadb: `mariadb@${VERSIONS.mariadb}`,
  go: 'go',
};

/** The command that installs a tool on this machine. @param {Facts} facts */
function installer({ apt, root, platform, arch }) {
  const sudo = root ? '' : 'sudo ';
  return (/** @type {string} */ tool) => {
    if (platform === 'darwin') return `brew install ${HOMEBREW[tool]}`;
    if (tool === 'go') {
      // Debian 12 has 1.19.
      const file = `go1.24.0.linux-${arch === 'arm64' ? 'arm64' : 'amd64'}.tar.gz`;
      return `curl -fsSL https://go.dev/dl/${file} | ${sudo}tar -xz -C /usr/local && export PATH="$PATH:/usr/local/go/bin"`;
    }
    if (apt) return `${sudo}apt-get update && ${sudo}apt-get install -y ${DEBIAN[tool]}`;
    return `install what Debian calls ${DEBIAN[tool]} with this system's own package manager, or start Docker`;
  };
}

/** @param {number[]} found @param {number[]} needed */
function isOlder([major = 0, minor = 0], [needMajor, needMinor]) {
  return major < needMajor || (major === needMajor && minor < needMinor);
}

/**
 * Looks at this machine and decides.
 *
 * @param {Wish} [wish]
 */
export async function preflight(wish = {}) {
  const facts = await gatherFacts();
  const first = decide(facts, wish);
  if (first.problems.length === 0 && !wish.docker) return first;
  // Docker is asked only where it matters: its daemon may take its time.
  return decide({ ...facts, docker: await hasDocker() }, wish);
}

/** What is missing and how to mend it, as a person reads it. @param {readonly Problem[]} problems */
export function lackText(problems) {
  const lines = problems.map(({ what, remedy }) => `\n  ${what}\n    ${remedy}`);
  return `This machine lacks something:${lines.join('')}`;
}

/** Where downloads lie; the same as the stack's own. */
export function cacheFolder() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'millrace');
}

/** Where daemons lie: not on every user's PATH. The stack starts MariaDB's by its full path. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'];

/** @param {string} name @param {readonly string[]} [more] folders beside those of PATH */
function findProgram(name, more = []) {
  return [...(process.env.PATH ?? '').split(path.delimiter), ...more]
    .filter((dir) => dir !== '')
    .map((dir) => path.join(dir, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Temporal's program is on PATH, or was compiled by an earlier start. */
export function hasTemporal() {
  return findProgram('temporal') !== undefined || existsSync(path.join(temporalFolder(), '.complete.json'));
}

/** Where the stack keeps the one it compiled. */
export function temporalFolder() {
  return path.join(cacheFolder(), `temporal-${VERSIONS.temporal}`);
}

/** @returns {Promise<Facts>} */
async function gatherFacts() {
  const [java, go, python] = await Promise.all([javaVersion(), goVersion(), pythonFacts()]);
  return {
    node: process.versions.node.split('.').slice(0, 2).map(Number),
    java,
    maven: findProgram('mvn') !== undefined,
    temporal: hasTemporal(),
    go,
    ...python,
    mariadbMissing: ['mariadbd', 'mariadb', 'mariadb-install-db'].filter(
      (name) => findProgram(name, SYSTEM_FOLDERS) === undefined,
    ),
    apt: findProgram('apt-get', SYSTEM_FOLDERS) !== undefined,
    root: process.getuid?.() === 0,
    docker: false,
    memoryGb: memoryBytes() / 1e9,
    diskGb: Math.min(freeBytes(cacheFolder()), freeBytes(PROJECT)) / 1e9,
    platform: process.platform,
    arch: process.arch,
  };
}

async function javaVersion() {
  const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const shown = await output(java, ['-version']);
  if (shown === TOO_SLOW) return JAVA_NEEDED;
  const major = /version "(\d+)/.exec(shown)?.[1];
  return major === undefined ? undefined : Number(major);
}

async function goVersion() {
  const shown = await output('go', ['version']);
  if (shown === TOO_SLOW) return GO_NEEDED;
  const version = /go(\d+)\.(\d+)/.exec(shown);
  return version === null ? undefined : [Number(version[1]), Number(version[2])];
}

async function pythonFacts() {
  const script =
    'import sys, importlib.util as i; print("%d.%d" % sys.version_info[:2], bool(i.find_spec("ensurepip")))';
  const answers = await Promise.all(
    [`python${VERSIONS.python}`, 'python3'].map((program) => output(program, ['-c', script])),
  );
  const fits = (answer) => answer === TOO_SLOW || answer.startsWith(`${VERSIONS.python} `);
  return {
    python: answers.some(fits),
    venv: answers.some((answer) => fits(answer) && !answer.includes('False')),
  };
}

async function hasDocker() {
  const answers = await Promise.all([
    output('docker', ['info', '--format', 'server {{.ServerVersion}}']),
    output('docker', ['compose', 'version']),
  ]);
  return /^server \S/m.test(answers[0]) && /compose version/i.test(answers[1]);
}

/**
 * A busy machine may not answer in time. That is no proof that something is missing: it counts as there, and the
 * step that needs it will tell.
 */
const TOO_SLOW = 'too slow';

/** What a command prints, on either stream; empty when it is missing or fails. */
async function output(command, args) {
  const began = performance.now();
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { timeout: COMMAND_TIMEOUT_MS });
    // Where this process itself was busy until then, Node throws away what a command had printed, and calls it a success.
    const isLost = stdout + stderr === '' && performance.now() - began >= COMMAND_TIMEOUT_MS;
    return isLost ? TOO_SLOW : stdout + stderr;
  } catch (error) {
    return error.killed ? TOO_SLOW : String(error.stdout ?? '');
  }
}

/** A container's limit counts where there is one. */
function memoryBytes() {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** Free space where this folder is, or will be. */
function freeBytes(folder) {
  if (!existsSync(folder)) return freeBytes(path.dirname(folder));
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

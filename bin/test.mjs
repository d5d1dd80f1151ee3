// What `npm test` runs: everything a change needs, on a stack of its own that is gone afterwards.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const HOME = path.join(PROJECT, '.millrace', 'test');
const RESULTS = path.join(HOME, 'results');

const env = {
  ...process.env,
  MILLRACE_HOME: HOME,
  MILLRACE_PORTS: 'free',
  KAFKAJS_NO_PARTITIONER_WARNING: '1',
};

await bootstrap();
const counts = { passed: 0, failed: 0 };
const began = Date.now();
await stack('down');
rmSync(HOME, { recursive: true, force: true });
process.on('SIGINT', () => void stack('down').then(() => process.exit(130)));
let isGreen = false;
try {
  // The servers start while the checks that need none of them run.
  const up = stack('up').then(async (code) => code || installTools());
  title('verify: types, lint, format, unused code');
  isGreen = await verify();
  isGreen &&= await vitest('unit');
  isGreen &&= await vitest('replay');
  isGreen &&= (await up) === 0;
  isGreen &&= await vitest('live');
  isGreen &&= await vitest('e2e');
  isGreen &&= await vitest('kill');
} finally {
  await stack('down');
}
if (isGreen) rmSync(HOME, { recursive: true, force: true });
else console.error(`The logs of this run are in ${path.relative(PROJECT, path.join(HOME, 'log'))}.`);
console.log(`\n${((Date.now() - began) / 60_000).toFixed(1)} minutes`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(isGreen ? 0 : 1);

async function verify() {
  return (await run('npm', ['run', '--silent', 'verify'])) === 0;
}

async function vitest(project) {
  title(`tests: ${project}`);
  const results = path.join(RESULTS, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const code = await run('npx', ['vitest', 'run', '--project', project, ...reporters]);
  if (existsSync(results)) {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(results, 'utf8'));
    counts.passed += numPassedTests;
    counts.failed += numFailedTests;
  }
  return code === 0;
}

/** After the servers: both may need Debian's package manager, which serves one at a time. */
function installTools() {
  return run(process.execPath, [
    '--import',
    'tsx',
    path.join(PROJECT, 'test', 'support', 'install-tools.ts'),
  ]);
}

function title(text) {
  console.log(`\n${text}`);
}

function stack(verb) {
  return run(process.execPath, [path.join(PROJECT, 'bin', 'millrace.mjs'), 'stack', verb]);
}

async function run(command, args) {
  const child = spawn(command, args, { cwd: PROJECT, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

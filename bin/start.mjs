// What `npm start` runs: everything from a fresh clone to the card at the end.
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';

// From Node 22 on: what was compiled once need not be compiled at each start.
Module.enableCompileCache?.();

const DEMO = fileURLToPath(new URL('../examples/flights', import.meta.url));

const args = process.argv.slice(2);
const mode = await bootstrap(args, () => import('../dist/script.js'));
const docker = mode === 'docker' && !args.includes('--docker') ? ['--docker'] : [];
const program = path.join(DEMO, 'start.ts');
// As `npm run` says it: the folder in which the person is.
process.env['INIT_CWD'] ??= process.cwd();
process.chdir(DEMO);
process.argv = [process.execPath, program, ...args, ...docker];
const { register } = await import('tsx/cjs/api');
register();
await giveBuilt('millrace/script', '../dist/script.js');
// `import` would take a third of a second more: it asks a thread of tsx for every module.
createRequire(program)(program);

/** tsx would load what was built a second time, or the sources, to which the clone's tsconfig.json points editors. */
async function giveBuilt(name, file) {
  const built = await import(file);
  const load = Module._load.bind(Module);
  Module._load = (request, ...rest) => (request === name ? built : load(request, ...rest));
}

// What `npm start` runs: everything from a fresh clone to the card at the end.
import module, { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';

// From Node 22 on: what was compiled once need not be compiled at each start.
module.enableCompileCache?.();

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const DEMO = path.join(PACKAGE, 'examples', 'flights');

const args = process.argv.slice(2);
const mode = await bootstrap(args, () => import('../dist/script.js'));
const docker = mode === 'docker' && !args.includes('--docker') ? ['--docker'] : [];
const program = path.join(DEMO, 'start.ts');
// As `npm run` says it: the folder in which the person is.
process.env['INIT_CWD'] ??= process.cwd();
process.chdir(DEMO);
process.argv = [process.execPath, program, ...args, ...docker];
// As any project: 'millrace' is what was built. The clone's tsconfig.json, which editors read, makes it the sources.
process.env['TSX_TSCONFIG_PATH'] = path.join(PACKAGE, 'template', 'tsconfig.json');
const { register } = await import('tsx/cjs/api');
register();
// `import` would take a third of a second more: it asks a thread of tsx for every module.
createRequire(program)(program);

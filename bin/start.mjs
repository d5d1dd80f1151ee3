// What `npm start` runs: everything from a fresh clone to the card at the end.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';

const DEMO = fileURLToPath(new URL('../examples/flights', import.meta.url));

const args = process.argv.slice(2);
const mode = await bootstrap(args);
const docker = mode === 'docker' && !args.includes('--docker') ? ['--docker'] : [];
const program = path.join(DEMO, 'start.ts');
// As `npm run` says it: the folder in which the person is.
process.env['INIT_CWD'] ??= process.cwd();
process.chdir(DEMO);
process.argv = [process.execPath, program, ...args, ...docker];
// Before tsx looks at every import, which takes a second.
await import('../dist/script.js');
const { register } = await import('tsx/esm/api');
register();
await import(program);

// What `npm start` runs: everything from a fresh clone to the card at the end.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';

const args = process.argv.slice(2);
const mode = await bootstrap(args);
const docker = mode === 'docker' && !args.includes('--docker') ? ['--docker'] : [];
const program = path.join(path.dirname(fileURLToPath(import.meta.url)), 'millrace.mjs');
process.argv = [process.execPath, program, 'start', ...args, ...docker];
await import('./millrace.mjs');

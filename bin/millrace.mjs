#!/usr/bin/env node
// The command line. In a clone what was built is made anew where its sources have changed; a package has no sources.
import { existsSync } from 'node:fs';

if (existsSync(new URL('../src', import.meta.url))) await (await import('./build.mjs')).ensureBuilt();
await import('../dist/cli.js');

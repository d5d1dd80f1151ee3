#!/usr/bin/env node
// The command line. In a clone what was built is made anew where its sources have changed; a package has no sources.
import { existsSync } from 'node:fs';
import module from 'node:module';

// From Node 22 on: what was compiled once need not be compiled at each start.
module.enableCompileCache?.();

if (existsSync(new URL('../src', import.meta.url))) {
  const { ensureBuilt } = await import('./build.mjs');
  // The compiler of a new project reads the declarations.
  await ensureBuilt({ declarations: process.argv[2] === 'init' });
}
await import('../dist/cli.js');

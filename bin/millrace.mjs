#!/usr/bin/env node
// The command line. TypeScript is run as it is written: no build step stands between an edit and its effect.
import { register } from 'tsx/esm/api';

register();
await import('../src/cli/main.ts');

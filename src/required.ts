import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A package that is loaded when it is needed first, and not by whoever imports the file that needs it. */
export function required(name: string): unknown {
  return require(name);
}

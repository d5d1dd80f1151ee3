import { ensureBuilt } from '../../bin/build.mjs';

/** Before all tests: the programs that they start, and the definitions that they read, are of the code as it is now. */
export default async function setup(): Promise<void> {
  await ensureBuilt();
}

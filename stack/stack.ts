import { composeStatus, downCompose, upCompose, usesCompose } from './compose.ts';
import type { Home } from './home.ts';
import { downStack, resetStack, stackStatus, upStack, type StackOptions } from './launcher.ts';
import type { ProcessStatus } from './process.ts';

/**
 * The stack of a home, whichever way it runs: as processes of this machine, or in containers. A home stays with the
 * way in which it was first started.
 */
export function up(options: StackOptions & { docker?: boolean }): Promise<Home> {
  return options.docker === true || usesCompose(options.home) ? upCompose(options) : upStack(options);
}

/** Stops everything that was started in this home: our own processes, then the servers. */
export async function down(options: StackOptions): Promise<void> {
  await downStack(options);
  await downCompose(options);
}

/** Stops everything and forgets all data, settings and passwords. */
export async function reset(options: StackOptions): Promise<void> {
  await downStack(options);
  await downCompose({ ...options, forget: true });
  await resetStack(options);
}

export async function status(home: string): Promise<ProcessStatus[]> {
  return usesCompose(home) ? composeStatus(home) : stackStatus(home);
}

import { once } from 'node:events';
import type { Config } from '../config.ts';
import { createLog } from '../log.ts';
import { ROLES, type RoleName } from './roles/index.ts';
import { runRoles } from './run-roles.ts';

/**
 * Runs a worker until it is told to stop (SIGTERM, SIGINT) or a part of it fails for good.
 *
 * Stopping drains: the consumer ends its transactions, running activities get 20 s, then the connections close.
 * @throws what ended it; the process then exits non-zero, so that its supervisor starts it again
 */
export async function runWorker(config: Config, roles: readonly RoleName[]): Promise<void> {
  const told = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const log = createLog(config, 'worker');
  const openers = await Promise.all(roles.map((role) => ROLES[role]()));
  try {
    await runRoles(openers, { config, log }, { told, onReady: () => log.info({ roles }, 'worker is ready') });
  } finally {
    log.info('worker has stopped');
  }
}

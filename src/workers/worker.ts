import { once } from 'node:events';
import { proxiesIn } from '../clients/http-proxy.ts';
import type { Config } from '../config.ts';
import { messageOf } from '../errors.ts';
import { createLog, type Log } from '../log.ts';
import type { Redaction } from '../redaction/index.ts';
import { ROLES, type RoleName } from './roles/index.ts';
import { runRoles } from './run-roles.ts';

/**
 * Runs a worker until it is told to stop (SIGTERM, SIGINT) or a part of it fails for good.
 *
 * Stopping drains: the consumer ends its transactions, running activities get 20 s, then the connections close.
 * @param redaction knows our own passwords; learns the secrets of the definitions that run here
 * @throws what ended it; the process then exits non-zero, so that its supervisor starts it again
 */
export async function runWorker(
  config: Config,
  roles: readonly RoleName[],
  redaction: Redaction,
): Promise<void> {
  const told = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const log = createLog(config, 'worker', redaction);
  if (roles.some((role) => role !== 'ingest')) sayProxies(config, log);
  const openers = await Promise.all(roles.map((role) => ROLES[role]()));
  try {
    await runRoles(
      openers,
      { config, log, redaction },
      { told, onReady: () => log.info({ roles }, 'worker is ready') },
    );
  } finally {
    log.info('worker has stopped');
  }
}

/** Whoever wonders by which way a pull goes finds it here. One that cannot be read keeps no rollup from running. */
function sayProxies(config: Config, log: Log): void {
  try {
    const proxies = proxiesIn(config.secret);
    if (proxies !== undefined) log.info(proxies, 'pulls go by way of a proxy');
  } catch (error) {
    log.error({ error: messageOf(error) }, 'no pull can run');
  }
}

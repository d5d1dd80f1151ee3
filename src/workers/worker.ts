import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { once } from 'node:events';
import { createActivities } from '../activities/index.ts';
import { temporalConnection } from '../clients/temporal.ts';
import type { Config } from '../config.ts';
import { startIngest } from '../ingest/index.ts';
import { createLog } from '../log.ts';
import { consumersIn } from '../store/consumers.ts';
import { openDeps } from './deps.ts';
import { workflowBundle } from './bundle.ts';
import type { Role } from './roles.ts';
import { temporalLogger } from './temporal-logger.ts';

/**
 * Runs a worker until it is told to stop (SIGTERM, SIGINT) or a part of it fails for good.
 *
 * Stopping drains: the consumer ends its transactions, running activities get 20 s, then the connections close.
 * @throws what ended it; the process then exits non-zero, so that its supervisor starts it again
 */
export async function runWorker(config: Config, roles: Role[]): Promise<void> {
  const stop = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  const log = createLog(config, 'worker');
  const logger = temporalLogger(log);
  Runtime.install({ logger, shutdownSignals: [] });
  const { deps, positions, close } = await openDeps(config, log);
  const { connectionOptions, namespace } = temporalConnection(config);
  const connection = await NativeConnection.connect(connectionOptions);
  const codePath = await workflowBundle(config.homeDir, logger);
  const workers = await Promise.all(
    roles
      .flatMap((role) => (role === 'ingest' ? [] : [role]))
      .map((queue) =>
        Worker.create({
          connection,
          namespace,
          taskQueue: deps.names.taskQueue(queue),
          workflowBundle: { codePath },
          activities: createActivities(deps),
          maxConcurrentActivityTaskExecutions: 20,
          shutdownGraceTime: '20s',
        }),
      ),
  );
  const streams = () => deps.catalogue.streams();
  const consumers = consumersIn(deps.db, deps.names);
  const ingest = roles.includes('ingest')
    ? await startIngest({ ...deps, log, positions, streams, report: consumers.report })
    : undefined;
  const runs = workers.map((worker) => worker.run());
  log.info({ roles }, 'worker is ready');
  try {
    await Promise.race([stop, ...runs]);
  } finally {
    await ingest?.stop();
    if (ingest) await consumers.forget().catch(() => undefined);
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(runs);
    await connection.close();
    await close();
    log.info('worker has stopped');
  }
}

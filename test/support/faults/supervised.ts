import { once } from 'node:events';
import type { WorkerProcess } from '../worker-process.ts';

/** A worker that is started again when it ends by itself, as production has it. */
export interface Supervised {
  /** How often that was. */
  restarts(): number;
  /** What all of its processes have logged. */
  log(): string;
  stop(): Promise<void>;
}

export async function superviseWorker(start: () => Promise<WorkerProcess>): Promise<Supervised> {
  const workers = [await start()];
  let isStopped = false;
  const supervising = (async () => {
    while (!isStopped) {
      const { child } = workers.at(-1) as WorkerProcess;
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      if (isStopped) return;
      // It may not be able to start while the fault lasts that has ended the one before.
      const next = await start().catch(() => undefined);
      if (next !== undefined) workers.push(next);
    }
  })();
  return {
    restarts: () => workers.length - 1,
    log: () => workers.map((worker) => worker.log()).join(''),
    async stop() {
      isStopped = true;
      await workers.at(-1)?.kill('SIGTERM');
      await supervising;
    },
  };
}

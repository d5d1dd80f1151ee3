import { spawn } from 'node:child_process';
import path from 'node:path';
import { connectTemporal, pollersOf } from '../../src/clients/temporal.ts';
import type { Config, Overrides } from '../../src/config.ts';
import { PACKAGE_DIR } from '../../src/package.ts';
import { namesFor } from '../../src/names.ts';
import { type Child, followed } from './child.ts';
import { waitUntil } from './wait-until.ts';

/** A worker as `millrace worker` runs it. */
export type WorkerProcess = Child;

/** A millrace that can be started, by its command line for Node, in the folder of a project. */
export interface Installed {
  program: string;
  project: string;
}

export interface WorkerOptions {
  roles?: string;
  /** Which millrace; this clone unless told. */
  installed?: Installed;
}

const THIS_CLONE: Installed = {
  program: path.join(PACKAGE_DIR, 'bin', 'millrace.mjs'),
  project: PACKAGE_DIR,
};

/** Starts a worker and waits until it takes work (or, without queues, until it says that it is ready). */
export async function startWorkerProcess(
  config: Config,
  variables: Overrides,
  { roles, installed: { program, project } = THIS_CLONE }: WorkerOptions,
): Promise<WorkerProcess> {
  const args = [program, 'worker', ...(roles === undefined ? [] : ['--roles', roles])];
  const child = spawn(process.execPath, args, {
    cwd: project,
    // The home is not to be that of whichever project it runs in.
    env: { ...process.env, MILLRACE_HOME: config.homeDir, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const worker = followed(child);
  try {
    await waitUntil(
      () => {
        if (child.exitCode !== null) throw new Error('it ended at its start');
        return worker.log().includes('worker is ready');
      },
      { timeoutMs: 60_000 },
    );
    if (roles === undefined || roles.includes('live')) await polls(config, child.pid);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`the worker did not become ready:\n${worker.log()}`, { cause: error });
  }
  return worker;
}

async function polls(config: Config, pid: number | undefined): Promise<void> {
  const temporal = await connectTemporal(config);
  const queue = namesFor(config.env).taskQueue('live');
  await waitUntil(
    async () => (await pollersOf(temporal, queue)).some((identity) => identity.startsWith(`${pid}@`)),
    {
      timeoutMs: 30_000,
      saw: () => `no poller with pid ${pid} on ${queue}`,
    },
  );
  await temporal.connection.close();
}

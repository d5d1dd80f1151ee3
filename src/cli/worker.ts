import type { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config.ts';
import { examples } from './examples.ts';
import { hidden } from './hidden.ts';
import { parseRoles, ROLE_NAMES } from '../workers/roles/index.ts';
import { runWorker } from '../workers/worker.ts';

export function defineWorker(command: Command): void {
  examples(command, [
    ['millrace worker', 'all roles in one process; Ctrl-C lets what it has begun end'],
    ['millrace worker --roles ingest', 'the event path alone: needs nothing of Temporal'],
    ['millrace worker --roles live,bulk', 'loads alone; start as many as you like'],
  ]);
  command
    .option('--roles <roles>', `which of ${ROLE_NAMES.join(',')} it takes on (default: all)`)
    .option('--env <env>', 'the env to work for')
    .action(async (options) => {
      await runWorker(loadConfig({ MILLRACE_ENV: options.env }), parseRoles(options.roles), hidden());
      // A Kafka client can go on for ever asking for a topic that is gone: it must not keep a drained worker alive.
      process.exit();
    });
}

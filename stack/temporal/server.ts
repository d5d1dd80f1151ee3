import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { homePaths } from '../home.ts';
import { LOOPBACK } from '../net.ts';
import { capture } from '../run.ts';
import { options, plainEnvironment } from '../server.ts';
import type { Server, ServerContext } from '../server.ts';
import { fetchTemporal } from './fetch.ts';
import {
  TEMPORAL_DYNAMIC_CONFIG,
  TEMPORAL_NAMESPACE,
  TEMPORAL_RETENTION_HOURS,
  TEMPORAL_SEARCH_ATTRIBUTES,
} from './settings.ts';

/** Temporal's development server: one process, its history in one SQLite file. */
export const temporalServer: Server = {
  name: 'temporal',
  ports: ['temporal', 'temporalUi'],
  fetch: fetchTemporal,
  prepare: async ({ home }) => {
    mkdirSync(homePaths(home.dir).state('temporal'), { recursive: true });
  },
  launch: ({ home, package: program }) => ({
    command: program,
    args: [
      'server',
      'start-dev',
      ...options({
        ip: LOOPBACK,
        port: home.ports.temporal,
        'ui-ip': LOOPBACK,
        'ui-port': home.ports.temporalUi,
        'db-filename': path.join(homePaths(home.dir).state('temporal'), 'temporal.db'),
        'log-level': 'warn',
        'log-format': 'json',
      }),
      ...repeated('search-attribute', TEMPORAL_SEARCH_ATTRIBUTES),
      ...repeated('dynamic-config-value', TEMPORAL_DYNAMIC_CONFIG),
    ],
  }),
  ready: async (context) => (await temporal(context, 'operator', 'cluster', 'health')).includes('SERVING'),
  afterStart: keepRunsFor30Days,
  startTimeoutMs: 60_000,
  stopTimeoutMs: 15_000,
};

/** The development server makes its namespace with 24 hours. */
async function keepRunsFor30Days(context: ServerContext): Promise<void> {
  const ofNamespace = (command: string, ...args: string[]) =>
    temporal(context, 'operator', 'namespace', command, '-n', TEMPORAL_NAMESPACE, ...args);
  const described = await ofNamespace('describe', '-o', 'json');
  const answer = JSON.parse(described) as { config?: { workflowExecutionRetentionTtl?: string } };
  const seconds = Number.parseInt(answer.config?.workflowExecutionRetentionTtl ?? '0', 10);
  if (seconds === TEMPORAL_RETENTION_HOURS * 3600) return;
  await ofNamespace('update', '--retention', `${TEMPORAL_RETENTION_HOURS}h`);
}

function temporal({ home, package: program }: ServerContext, ...args: string[]): Promise<string> {
  const address = `${LOOPBACK}:${home.ports.temporal}`;
  return capture(program, [...args, '--address', address], { env: plainEnvironment(), timeoutMs: 10_000 });
}

/** An option that is given once for each value. */
function repeated(option: string, values: Readonly<Record<string, string | boolean>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => options({ [option]: `${name}=${value}` }));
}

import { loadClientConnectConfig, type LoadClientProfileOptions } from '@temporalio/envconfig';
import type { Config } from '../config.ts';

/** The part of the configuration that says where Temporal is. */
export type TemporalSettings = Pick<Config, 'temporalVariables'>;

export const DEFAULT_ADDRESS = '127.0.0.1:7233';
const DEFAULT_NAMESPACE = 'default';

/**
 * How to reach Temporal, by its own conventions: the profile file and `TEMPORAL_*`, as the `temporal` CLI reads
 * them. Serves clients and workers alike.
 */
export function temporalConnection({ temporalVariables }: TemporalSettings) {
  const overrideEnvVars: NonNullable<LoadClientProfileOptions['overrideEnvVars']> = {};
  for (const [name, value] of Object.entries(temporalVariables)) {
    if (value !== undefined) overrideEnvVars[name] = value;
  }
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars });
  return { connectionOptions, namespace: namespace ?? DEFAULT_NAMESPACE };
}

/**
 * A command of the `temporal` CLI that can be pasted into any shell: `temporal <words> --address …`, with the
 * namespace where it is not `default`. A key or certificates come from the shell's own `TEMPORAL_*` or profile.
 */
export function temporalCommand(settings: TemporalSettings, words: string): string {
  const { connectionOptions, namespace } = temporalConnection(settings);
  const { address = DEFAULT_ADDRESS, tls } = connectionOptions;
  const place = namespace === DEFAULT_NAMESPACE ? '' : ` --namespace ${namespace}`;
  return `temporal ${words} --address ${address}${place}${tls ? ' --tls' : ''}`;
}

import type { Config } from '../config.ts';

/** Where a person sees a run in Temporal's web UI. */
export function runUrl(config: Config, workflowId: string): string {
  const base = config.temporalUiUrl;
  return `${base}/namespaces/${config.temporalVariables['TEMPORAL_NAMESPACE'] ?? 'default'}/workflows/${encodeURIComponent(workflowId)}`;
}

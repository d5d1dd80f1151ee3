import { temporalConnection } from '../clients/temporal-address.ts';
import type { Config } from '../config.ts';

type Ui = Pick<Config, 'temporalUiUrl' | 'temporalVariables'>;

/** Where a person sees all runs in Temporal's web UI. */
export function runsUrl(config: Ui): string {
  const { namespace } = temporalConnection(config);
  return `${config.temporalUiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows`;
}

/** Where a person sees one run in Temporal's web UI. */
export function runUrl(config: Ui, workflowId: string): string {
  return `${runsUrl(config)}/${encodeURIComponent(workflowId)}`;
}

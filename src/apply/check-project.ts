import type { Config } from '../config.ts';
import type { Definition } from '../definition/definition.ts';
import { readDashboards } from '../targets/superset/dashboards.ts';
import { readDefinitions } from './read-definitions.ts';

/** What a project defines. */
export interface Checked {
  definitions: { kind: Definition['kind']; name: string; file: string }[];
  /** Folders of dashboards. */
  dashboards: string[];
}

/**
 * Reads all that apply reads of a project, and asks no server.
 * @throws DEFINITION_INVALID with every mistake, in the words of apply
 */
export async function checkProject({
  pipelinesDir,
  dashboardsDir,
}: Pick<Config, 'pipelinesDir' | 'dashboardsDir'>): Promise<Checked> {
  const found = await readDefinitions(pipelinesDir);
  return {
    definitions: found.map(({ definition: { kind, name }, file }) => ({ kind, name, file })),
    dashboards: readDashboards(dashboardsDir).map(({ folder }) => folder),
  };
}

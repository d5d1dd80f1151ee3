import type { Config } from '../config.ts';
import type { Definition } from '../definition/definition.ts';
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
  // Loaded while the definitions are read, which another thread does.
  const dashboards = import('../targets/superset/dashboards.ts').then(({ readDashboards }) =>
    readDashboards(dashboardsDir),
  );
  // What is wrong with definitions is said first.
  dashboards.catch(() => undefined);
  const found = await readDefinitions(pipelinesDir);
  const folders = await dashboards;
  return {
    definitions: found.map(({ definition: { kind, name }, file }) => ({ kind, name, file })),
    dashboards: folders.map(({ folder }) => folder),
  };
}

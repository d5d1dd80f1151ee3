import type { Config } from '../../config.ts';
import { connectSuperset } from '../../clients/superset.ts';
import type { Definition } from '../../definition/definition.ts';
import type { Names } from '../../names.ts';
import { datasetPlace } from './datasets.ts';

/**
 * Where a person explores the dataset of a definition; undefined where there is none, or no Superset is configured.
 * @throws SUPERSET_UNAVAILABLE, SUPERSET_REFUSED
 */
export async function datasetUrl(
  config: Config,
  names: Names,
  definition: Definition,
): Promise<string | undefined> {
  if (config.superset === undefined) return undefined;
  const superset = await connectSuperset(config.superset);
  const { uuid, server } = datasetPlace(definition, names);
  const title = names.supersetDatabase(server);
  const database = (await superset.databases()).find(({ database_name }) => database_name === title);
  if (database === undefined) return undefined;
  const dataset = (await superset.datasets(database.id)).find((one) => one.uuid === uuid);
  if (dataset === undefined) return undefined;
  return `${config.superset.url}/explore/?datasource_type=table&datasource_id=${dataset.id}`;
}

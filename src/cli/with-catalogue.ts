import { connectMariaDb } from '../clients/mariadb.ts';
import type { Config } from '../config.ts';
import { namesFor } from '../names.ts';
import { catalogueIn, type Catalogue } from '../store/catalogue.ts';

/** Asks the catalogue of the config's env, by a connection of its own. */
export async function withCatalogue<T>(
  config: Pick<Config, 'env' | 'mariadb'>,
  ask: (catalogue: Catalogue) => Promise<T>,
): Promise<T> {
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 1 });
  try {
    return await ask(catalogueIn(db, namesFor(config.env)));
  } finally {
    await db.close();
  }
}

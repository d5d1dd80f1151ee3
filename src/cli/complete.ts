import type { Command } from '@commander-js/extra-typings';
import { connectMariaDb } from '../clients/mariadb.ts';
import { loadConfig } from '../config.ts';
import { namesFor } from '../names.ts';
import { catalogueIn } from '../store/catalogue.ts';
import { candidates, type LineOf, type NamesOf } from './completion/candidates.ts';
import { asLines, print } from './print.ts';

/** What the scripts of `completion` ask: what may stand in place of the last word, one per line. */
export function completeOf(lineOf: LineOf): (command: Command) => void {
  return (command) => {
    command.argument('[words...]', 'what has been typed behind millrace').action(async (words) => {
      print(asLines(await candidates(words, lineOf, namesApplied)));
    });
  };
}

/** Where MariaDB does not answer, there is nothing to offer. */
const namesApplied: NamesOf = async (kinds, env) => {
  const config = loadConfig({ MILLRACE_ENV: env });
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 1 });
  try {
    const all = [...(await catalogueIn(db, namesFor(config.env)).all()).values()];
    return all.filter(({ definition: { kind } }) => kinds.includes(kind)).map((one) => one.definition.name);
  } catch {
    return [];
  } finally {
    await db.close();
  }
};

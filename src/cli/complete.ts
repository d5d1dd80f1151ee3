import type { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config.ts';
import { candidates, type LineOf, type NamesOf } from './completion/candidates.ts';
import { asLines, print } from './print.ts';
import { withCatalogue } from './with-catalogue.ts';

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
  try {
    const all = await withCatalogue(loadConfig({ MILLRACE_ENV: env }), (catalogue) => catalogue.all());
    const definitions = [...all.values()].map(({ definition }) => definition);
    return definitions.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  } catch {
    return [];
  }
};

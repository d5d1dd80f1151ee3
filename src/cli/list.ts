import { Option, type Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config.ts';
import { describeCalendar } from '../definition/calendar.ts';
import { isTable } from '../definition/definition.ts';
import { KINDS } from '../definition/kinds.ts';
import { sourceNameOf } from '../sources/index.ts';
import type { Applied } from '../store/catalogue.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { asJson, asLines, printFound } from './print.ts';
import { renderTable } from './table.ts';
import { withCatalogue } from './with-catalogue.ts';

/** One definition of an env, as it was applied. */
interface Listed {
  name: string;
  kind: string;
  /** The kind of source of a table; null: it has none, or this version does not know it. */
  source: string | null;
  /** How it tiles the time line, as a definition says it; null: it has no intervals. */
  every: string | null;
  owner: string | null;
  description: string | null;
}

export function defineList(command: Command): void {
  examples(command, [
    ['millrace list', 'every definition that is applied'],
    ['millrace list --kind pull', 'those of one kind'],
    ['millrace list -o name | xargs -n 1 millrace describe', 'all of each'],
  ]);
  command
    .addOption(new Option('--kind <kind>', 'only those of this kind').choices(KINDS))
    .addOption(outputOption('table', 'json', 'name'))
    .addOption(jsonOption())
    .option('--env <env>', 'the env')
    .action(async ({ kind, output, env }) => {
      const applied = await withCatalogue(loadConfig({ MILLRACE_ENV: env }), (catalogue) => catalogue.all());
      const found = [...applied.values()]
        .map(listed)
        .filter((one) => kind === undefined || one.kind === kind);
      printFound(found, { table: asTable, json: asJson, name: asNames }[output]);
    });
}

function listed({ definition }: Applied): Listed {
  const { name, kind, owner = null, description = null } = definition;
  const every = isTable(definition) ? describeCalendar(definition.calendar) : null;
  return { name, kind, source: sourceNameOf(definition) ?? null, every, owner, description };
}

function asTable(found: readonly Listed[]): string {
  if (found.length === 0) return "no such definition is applied; 'npx millrace apply' applies pipelines/\n";
  return renderTable(
    ['name', 'kind', 'source', 'every', 'owner', 'description'],
    found.map((one) => [
      ...[one.name, one.kind, one.source, one.every, one.owner].map((cell) => cell ?? '-'),
      one.description ?? '',
    ]),
  );
}

function asNames(found: readonly Listed[]): string {
  return asLines(found.map(({ name }) => name));
}

import type { Command } from '@commander-js/extra-typings';
import { checkProject, type Checked } from '../apply/check-project.ts';
import { loadConfig } from '../config.ts';
import { isMillraceError } from '../errors.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { asJson, asLines, printFound } from './print.ts';
import { counted } from './table.ts';

export function defineCheck(command: Command): void {
  examples(command, [
    ['millrace check', 'say all mistakes of all definitions at once; exit code 1 where there are any'],
    ['millrace check -o name', 'the names of all that the files define'],
    ["millrace check -o json | jq '.mistakes[].text'", 'the mistakes, for an editor or a bot'],
  ]);
  command
    .addOption(outputOption('table', 'json', 'name'))
    .addOption(jsonOption())
    .action(async ({ output }) => {
      const name = ({ definitions }: Checked) => asLines(definitions.map((one) => one.name));
      const found = await checkProject(loadConfig()).catch((error: unknown) => mistakesIn(error, output));
      if ('mistakes' in found) {
        printFound(found, asJson);
        process.exitCode = 1;
      } else printFound(found, { table: summary, json: asJson, name }[output]);
    });
}

/** For a program mistakes are what it asked for; anybody else reads the error. */
function mistakesIn(error: unknown, output: string): { mistakes: unknown } {
  const { mistakes } = isMillraceError(error, 'DEFINITION_INVALID') ? error.context : {};
  if (output !== 'json' || mistakes === undefined) throw error;
  return { mistakes };
}

/** `✓ 5 definitions in 2 files: 1 stream, 1 pull, 1 rollup, 1 view, 1 external`. */
function summary({ definitions, dashboards }: Checked): string {
  if (definitions.length === 0) return 'nothing is defined yet: pipelines/ holds no definition\n';
  const kinds = [...new Set(definitions.map(({ kind }) => kind))];
  const files = new Set(definitions.map(({ file }) => file)).size;
  const byKind = kinds.map((kind) => counted(definitions.filter((one) => one.kind === kind).length, kind));
  const all = dashboards.length === 0 ? byKind : [...byKind, counted(dashboards.length, 'dashboard')];
  return `✓ ${counted(definitions.length, 'definition')} in ${counted(files, 'file')}: ${all.join(', ')}\n`;
}

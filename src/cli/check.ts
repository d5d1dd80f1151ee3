import type { Command } from '@commander-js/extra-typings';
import { checkProject, type Checked } from '../apply/check-project.ts';
import { loadConfig } from '../config.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { asJson, asLines, printFound } from './print.ts';
import { counted } from './table.ts';

export function defineCheck(command: Command): void {
  examples(command, [
    ['millrace check', 'say all mistakes of all definitions at once; exit code 1 where there are any'],
    ['millrace check -o name', 'the names of all that the files define'],
  ]);
  command
    .addOption(outputOption('table', 'json', 'name'))
    .addOption(jsonOption())
    .action(async ({ output }) => {
      const name = ({ definitions }: Checked) => asLines(definitions.map((one) => one.name));
      printFound(await checkProject(loadConfig()), { table: summary, json: asJson, name }[output]);
    });
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

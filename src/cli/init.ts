import type { Command } from '@commander-js/extra-typings';
import path from 'node:path';
import { makeProject } from './init/make-project.ts';
import { examples } from './examples.ts';
import { print, tell } from './print.ts';

export function defineInit(command: Command): void {
  examples(command, [
    ['millrace init shop', 'a project in ./shop, with an example source that works'],
    ['millrace init shop --bare', 'the same without the example'],
  ]);
  command
    .argument(
      '<folder>',
      'the new folder, or one that is empty; its name becomes that of the project and of its env',
    )
    .option('--bare', 'without the example source')
    .action((folder, { bare }) => {
      const { dir, files, sharesStackOf } = makeProject(path.resolve(folder), { isBare: bare === true });
      for (const file of files) tell(`  + ${path.join(folder, file)}\n`);
      print(nextSteps(path.relative(process.cwd(), dir) || '.', sharesStackOf));
    });
}

/** A path as a shell takes it. */
function quoted(folder: string): string {
  return /^[\w./-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", `'\\''`)}'`;
}

/** The commands that come next, to be pasted. */
function nextSteps(folder: string, sharesStackOf: string | undefined): string {
  const stack =
    sharesStackOf === undefined
      ? '  npx millrace stack up      # the servers, on this machine\n'
      : `                             # the servers are those of ${sharesStackOf}\n`;
  return `
Next:
  cd ${quoted(folder)} && npm install
${stack}  npx millrace apply         # make topics, tables, schedules and datasets what pipelines/ says
  npx millrace worker        # run them; what to try meanwhile is in README.md
`;
}

import { expect, it } from 'vitest';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { commandLine } from '../../../src/cli/commands.ts';

/** What a person reads who asks a command for help. */
function helpOf(command: CommandUnknownOpts): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

/** Every command that help lists, with its options, and those below it. */
async function commands(): Promise<[name: string, command: CommandUnknownOpts][]> {
  const program = await commandLine([]);
  const listed = program.createHelp().visibleCommands(program);
  const names = listed.map((command) => command.name()).filter((name) => name !== 'help');
  const loaded = await Promise.all(
    names.map(async (name) => {
      const [found] = (await commandLine([name])).commands.filter((one) => one.name() === name);
      return found as CommandUnknownOpts;
    }),
  );
  const all = loaded.flatMap((command) => [command, ...command.commands]);
  return all.map((command) => [`${command.parent?.name()} ${command.name()}`, command]);
}

it.each(await commands())('the help of %s begins with examples of it', (name, command) => {
  const [heading, example] = helpOf(command).split('\n');
  expect(heading).toBe('Examples:');
  expect(example).toContain(
    name.replace('stack ', 'millrace stack ').replace('millrace millrace', 'millrace'),
  );
});

it('the help of millrace begins with what to do first, and lists no command that is for programs', async () => {
  const help = helpOf(await commandLine(['--help']));
  expect(help).toMatch(/^Examples:\n {2}millrace init shop {2,}write a new project/);
  expect(help).not.toMatch(/^ {2}complete /m);
});

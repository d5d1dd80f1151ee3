import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Definition } from '../../definition/definition.ts';
import { commandLine } from '../commands.ts';

/** The names of what is applied, of these kinds. */
export type NamesOf = (kinds: readonly Definition['kind'][]) => Promise<string[]>;

/** What a command's first argument may be, by the argument's name. */
const KINDS: Record<string, readonly Definition['kind'][]> = {
  'table[@interval]': ['pull', 'rollup'],
  table: ['pull', 'rollup', 'view', 'external'],
  stream: ['stream'],
  name: ['stream', 'pull', 'rollup', 'view', 'external'],
};

/**
 * What may stand in place of the last word, whatever has been typed of it.
 * @param words behind `millrace`; the last one is being typed, and may be ''
 */
export async function candidates(words: readonly string[], namesOf: NamesOf): Promise<string[]> {
  const typed = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  const { command, args } = named(await commandLine(typed), typed);
  const option = optionCalled(command, typed.at(-1) ?? '');
  if (option !== undefined && (option.required || option.optional)) return option.argChoices ?? [];
  if (last.startsWith('-')) return [...command.options.flatMap(({ long }) => long ?? []), '--help'];
  if (command.commands.length > 0) return args === 0 ? visible(command) : [];
  const argument = args === 0 ? command.registeredArguments[0] : undefined;
  if (argument === undefined) return [];
  const kinds = KINDS[argument.name()];
  return kinds === undefined ? (argument.argChoices ?? []) : namesOf(kinds);
}

/** The command that the words name, and how many of its arguments they give. */
function named(program: CommandUnknownOpts, typed: readonly string[]) {
  let command = program;
  let args = 0;
  let isValue = false;
  for (const word of typed) {
    const option = optionCalled(command, word);
    const below = command.commands.find((one) => one.name() === word);
    if (isValue) isValue = false;
    else if (option !== undefined) isValue = option.required || option.optional;
    else if (below !== undefined && args === 0) command = below;
    else args += 1;
  }
  return { command, args };
}

function optionCalled({ options }: CommandUnknownOpts, word: string) {
  return options.find(({ short, long }) => word === short || word === long);
}

function visible(command: CommandUnknownOpts): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => one.name());
}

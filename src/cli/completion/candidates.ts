import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Definition } from '../../definition/definition.ts';
import { offerOf } from './offers.ts';

/** The command line for these words: every command, and the options of the one that is named. */
export type LineOf = (words: readonly string[]) => Promise<CommandUnknownOpts>;

/** The names of what is applied, of these kinds, in the env that the line names. */
export type NamesOf = (kinds: readonly Definition['kind'][], env: string | undefined) => Promise<string[]>;

/**
 * What may stand in place of the last word, whatever has been typed of it.
 * @param words behind `millrace`; the last one is being typed, and may be ''
 */
export async function candidates(
  words: readonly string[],
  lineOf: LineOf,
  namesOf: NamesOf,
): Promise<string[]> {
  const typed = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  const { command, args, env } = read(await lineOf(typed), typed);
  const option = optionCalled(command, typed.at(-1) ?? '');
  if (option !== undefined && (option.required || option.optional)) return option.argChoices ?? [];
  if (last.startsWith('-')) return optionNames(command);
  if (command.commands.length > 0) return args === 0 ? visible(command) : [];
  const argument = args === 0 ? command.registeredArguments[0] : undefined;
  if (argument === undefined) return [];
  const offer = offerOf(argument);
  if (offer === undefined) return argument.argChoices ?? [];
  return typeof offer === 'function' ? offer() : namesOf(offer, env);
}

/** The command that the words name, how many of its arguments they give, and the env. */
function read(program: CommandUnknownOpts, typed: readonly string[]) {
  let command = program;
  let args = 0;
  let env: string | undefined;
  let before: ReturnType<typeof optionCalled>;
  for (const word of typed) {
    const below = command.commands.find((one) => one.name() === word);
    const isValue = before !== undefined && (before.required || before.optional);
    if (isValue && before?.long === '--env') env = word;
    before = isValue ? undefined : optionCalled(command, word);
    if (isValue || before !== undefined) continue;
    if (below !== undefined && args === 0) command = below;
    else args += 1;
  }
  return { command, args, env };
}

function optionCalled({ options }: CommandUnknownOpts, word: string) {
  return options.find(({ short, long }) => word === short || word === long);
}

function optionNames({ options }: CommandUnknownOpts): string[] {
  return [...options.flatMap(({ short, long }) => [long ?? [], short ?? []].flat()), '--help'];
}

function visible(command: CommandUnknownOpts): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => one.name());
}

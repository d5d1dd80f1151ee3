import type { CommanderError, CommandUnknownOpts } from '@commander-js/extra-typings';
import { MillraceError } from '../errors.ts';
import { alternatives, shown } from '../wording.ts';

/**
 * Has every mistake in the words of a command line thrown as INPUT_INVALID, for this command and those below it: what
 * was typed, the nearest that there is, and how the command is used. Help that was asked for is no mistake.
 */
export function codeMistakes(command: CommandUnknownOpts): void {
  // What is thrown says it all, and is printed where every error is.
  command.configureOutput({ outputError: () => undefined });
  command.exitOverride((error) => {
    throw error.exitCode === 0 ? error : mistakeOf(command, error);
  });
  command.commands.forEach(codeMistakes);
}

function mistakeOf(command: CommandUnknownOpts, { code, message }: CommanderError): MillraceError {
  const path = pathOf(command);
  const usage = `Usage: ${path} ${command.usage()}; '${path} --help' says the rest.`;
  return new MillraceError('INPUT_INVALID', `${path}: ${textOf(command, code, message)} ${usage}`);
}

/** What is wrong, as a sentence. Commander's own words serve, save where they do not say what was typed. */
function textOf(command: CommandUnknownOpts, code: string, message: string): string {
  const [word] = command.args.filter((arg) => arg !== 'help');
  const visible = command.createHelp().visibleCommands(command);
  const names = visible.map((sub) => sub.name()).filter((name) => name !== 'help');
  switch (code) {
    // The help is printed in place of a message where a command is missing.
    case 'commander.help':
    case 'commander.unknownCommand':
      return word === undefined
        ? `no command is given. There are ${names.join(', ')}.`
        : `unknown command ${shown(word)}${alternatives(word, names)}`;
    case 'commander.excessArguments':
      return `too many arguments: ${command.args.map(shown).join(', ')}.`;
    default:
      return sentence(
        message.replace(/^error: /, '').replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?'),
      );
  }
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}

/** `millrace stack logs`. */
function pathOf(command: CommandUnknownOpts): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

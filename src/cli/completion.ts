import { Argument, type Command } from '@commander-js/extra-typings';
import { SCRIPTS } from './completion/scripts.ts';
import { examples } from './examples.ts';
import { print } from './print.ts';

const SHELLS = Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[];

export function defineCompletion(command: Command): void {
  examples(command, [
    [
      'npx --no -- millrace completion bash > ~/.millrace.bash',
      "once; then '. ~/.millrace.bash' in ~/.bashrc",
    ],
    [
      'npx --no -- millrace completion zsh > ~/.millrace.zsh',
      "once; then '. ~/.millrace.zsh' behind compinit in ~/.zshrc",
    ],
    ['npx --no -- millrace completion fish > ~/.config/fish/completions/millrace.fish', 'once'],
  ]);
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell) => print(SCRIPTS[shell]));
}

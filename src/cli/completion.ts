import { Argument, type Command } from '@commander-js/extra-typings';
import { SCRIPTS } from './completion/scripts.ts';
import { examples } from './examples.ts';
import { print } from './print.ts';

const SHELLS = Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[];

export function defineCompletion(command: Command): void {
  examples(command, [
    ['source <(npx millrace completion bash)', 'in ~/.bashrc, or for this shell'],
    ['source <(npx millrace completion zsh)', 'in ~/.zshrc, after compinit'],
    ['npx millrace completion fish | source', 'in ~/.config/fish/config.fish'],
  ]);
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell) => print(SCRIPTS[shell]));
}

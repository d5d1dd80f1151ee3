import { Option } from '@commander-js/extra-typings';

/** `-o`: how a command prints what it found. `name`: one name per line, for other programs. */
export function outputOption<const Formats extends readonly string[]>(...formats: Formats) {
  return new Option('-o, --output <format>', 'how to print it').choices(formats).default('table');
}

/** Kept beside `-o`, because it is what most people type. */
export function jsonOption() {
  return new Option('--json', 'short for -o json').implies({ output: 'json' });
}

import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** A line to type, and what it does. */
type Example = readonly [line: string, purpose: string];

/** Has the help of a command begin with examples: what to type comes before what each word means. */
export function examples(command: CommandUnknownOpts, lines: readonly Example[]): void {
  command.addHelpText('before', `Examples:\n${examplesText(lines)}`);
}

/** Purposes under each other; a line that is too long for that has its purpose on the next one. */
function examplesText(lines: readonly Example[]): string {
  const widths = lines.map(([line]) => line.length).filter((width) => width <= LONG);
  const width = Math.max(0, ...widths);
  return lines
    .map(([line, purpose]) => {
      const gap = line.length > width ? `\n${' '.repeat(width + 4)}` : ' '.repeat(width - line.length + 2);
      return `  ${line}${gap}${purpose}\n`;
    })
    .join('');
}

const LONG = 64;

import { createInterface } from 'node:readline/promises';
import { hidden } from './hidden.ts';

/** Prints a result, without secrets. stdout belongs to results. */
export function print(text: string): void {
  process.stdout.write(hidden().text(text));
}

/** The same of what a command found, as `render` writes it. Hidden before: of what is cut, no part may stay. */
export function printFound<T>(found: T, render: (found: T) => string): void {
  process.stdout.write(render(hidden().json(found)));
}

/** Says on stderr, without secrets, what goes on or went wrong. */
export function tell(text: string): void {
  process.stderr.write(hidden().text(text));
}

/** The same of something found meanwhile, as `render` writes it. */
export function tellFound<T>(found: T, render: (found: T) => string): void {
  process.stderr.write(render(hidden().json(found)));
}

/** Asks on stderr whoever sits there. */
export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(hidden().text(question));
  } finally {
    terminal.close();
  }
}

/** Does a person see what is written there? */
export function isTerminal(stream: 'stdout' | 'stderr'): boolean {
  return process[stream].isTTY;
}

/** In characters, of stderr. */
export function terminalWidth(): number {
  return process.stderr.columns || 80;
}

/** For programs. */
export function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The same, in one line. */
export function asLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** One text per line. */
export function asLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

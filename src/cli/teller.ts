import { cutTo } from '../wording.ts';
import { isTerminal, tell, terminalWidth } from './print.ts';

/** Writes on stderr how something goes on. */
export interface Teller {
  /** A line that stays. */
  say(line: string): void;
  /** A line that the next one overwrites; only a person at a terminal sees it. */
  progress(line: string): void;
  /** Removes the line of progress. */
  clear(): void;
}

export function tellerOnStderr(): Teller {
  const isSeen = isTerminal('stderr');
  const clear = () => {
    if (isSeen) tell('\r\x1b[K');
  };
  return {
    clear,
    say(line) {
      clear();
      tell(`  ${line}\n`);
    },
    progress(line) {
      // A line that wraps could not be written over.
      if (isSeen) tell(`\r\x1b[K  ${cutTo(terminalWidth() - 3, line)}`);
    },
  };
}

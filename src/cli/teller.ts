import { isTerminal, tell } from './print.ts';

/** Who tells on stderr how something goes on. */
export interface Teller {
  /** A line that stays. */
  say(line: string): void;
  /** A line that the next one takes the place of; only a person at a terminal sees it. */
  progress(line: string): void;
  /** Takes the line of progress away. */
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
      if (isSeen) tell(`\r\x1b[K  ${line}`);
    },
  };
}

import pc from 'picocolors';
import { tell } from 'millrace/script';

/** Prints what the start does, on stderr: one line per step with its time. */
export interface Stepper {
  /** Runs a step and prints its line when it is done. What `work` returns as text stands behind the name. */
  (name: string, work: (note: (text: string) => void) => Promise<string | void>): Promise<void>;
  /** Milliseconds since the start began. */
  elapsedMs(): number;
}

export function stepper(): Stepper {
  const began = Date.now();
  const { green, dim } = pc.createColors(pc.isColorSupported && process.stderr.isTTY);
  const step = async (name: string, work: (note: (text: string) => void) => Promise<string | void>) => {
    const begin = Date.now();
    const note = (text: string) => tell(`${text}\n`);
    const detail = await work(note);
    const seconds = ((Date.now() - begin) / 1_000).toFixed(1);
    note(`${green('✓')} ${name}${detail ? ` · ${detail}` : ''} ${dim(`${seconds} s`)}`);
  };
  return Object.assign(step, { elapsedMs: () => Date.now() - began });
}

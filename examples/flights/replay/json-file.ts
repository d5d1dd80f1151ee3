import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const STATE = z.strictObject({
  topic: z.string(),
  /** The window of the first replay. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Everything announced before this instant has been sent. */
  upTo: z.iso.datetime(),
});

/** How far a replay has come, as kept between two processes. */
export type ReplayState = z.infer<typeof STATE>;

/** Reads the state that an earlier process left; undefined: there was none. @throws when it is not such a file */
export function readState(file: string): ReplayState | undefined {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return STATE.parse(JSON.parse(content));
}

/** Writes a file whole or not at all, so that a reader (or the next process) never sees half of it. */
export function writeJson(file: string, content: unknown): void {
  writeFileSync(`${file}.tmp`, `${JSON.stringify(content)}\n`);
  renameSync(`${file}.tmp`, file);
}

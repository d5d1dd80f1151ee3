import type { Database } from '../../clients/mariadb.ts';
import type { TemporalClient } from '../../clients/temporal.ts';
import type { Config } from '../../config.ts';
import { messageOf } from '../../errors.ts';
import type { Names } from '../../names.ts';

/** One look at an env: whom to ask, and what is wrong so far. */
export interface Look {
  config: Config;
  names: Names;
  db: Database;
  /** Was this server started here, and is it gone? Nobody needs to ask it. */
  isGone: (server: string) => boolean;
  /** Connects when it is first asked for. */
  temporal: () => Promise<TemporalClient>;
  /** What is wrong or did not answer, as a person reads it. */
  problems: string[];
}

/** Asks somebody; one who does not answer is a problem, and says nothing. */
export async function asked<T>({ problems }: Look, question: () => Promise<T[]>): Promise<T[]> {
  try {
    return await question();
  } catch (error) {
    problems.push(messageOf(error));
    return [];
  }
}

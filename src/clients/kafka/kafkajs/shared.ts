import { kafkaCause, kafkaError } from './errors.ts';

/** An answer was given out of metadata that were another question's. The connection is in order: ask again. */
export class StaleMetadata extends Error {
  override readonly name = 'StaleMetadata';
}

/** A connection that all share. */
export interface Shared<C> {
  /** Does some work, and does it again where it fails, on a new connection. @throws KAFKA_UNAVAILABLE, KAFKA_REFUSED */
  use<T>(what: string, work: (connection: C) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A connection, and how many work with it. */
interface Held<C> {
  connection: Promise<C>;
  users: number;
  isRetired: boolean;
}

const MAX_ATTEMPTS = 3;

/** Made at first use, and made anew after an error: kafkajs keeps a broken one. */
export function shared<C>(open: () => Promise<C>, end: (connection: C) => Promise<void>): Shared<C> {
  let current: Held<C> | undefined;
  const disconnect = async ({ connection }: Held<C>) => {
    // The connection may be what broke; the broker forgets it either way.
    await connection.then(end).catch(() => undefined);
  };
  const retire = (held: Held<C>) => {
    held.isRetired = true;
    // Another's failure may have replaced it already: the fresh one is not to blame.
    if (current === held) current = undefined;
  };
  const attempt = async <T>(work: (connection: C) => Promise<T>): Promise<T> => {
    const held = (current ??= { connection: open(), users: 0, isRetired: false });
    held.users++;
    try {
      return await work(await held.connection);
    } catch (error) {
      if (!(error instanceof StaleMetadata)) retire(held);
      throw error;
    } finally {
      held.users--;
      // Only when nobody works with it: kafkajs would connect again for work that goes on, and nobody would close that
      // connection.
      if (held.isRetired && held.users === 0) void disconnect(held);
    }
  };
  return {
    async use(what, work) {
      for (let tried = 1; ; tried++) {
        try {
          return await attempt(work);
        } catch (error) {
          if (tried === MAX_ATTEMPTS || kafkaCause(error).retriable === false) throw kafkaError(error, what);
        }
      }
    },
    async close() {
      const held = current;
      current = undefined;
      if (held) await disconnect(held);
    },
  };
}

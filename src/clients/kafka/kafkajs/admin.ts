import type { Admin, Kafka } from 'kafkajs';
import { kafkaCause, kafkaError } from './errors.ts';

/** An admin has answered out of metadata that were another question's. Its connection is in order: ask again. */
export class StaleMetadata extends Error {
  override readonly name = 'StaleMetadata';
}

export interface SharedAdmin {
  /** Does some work, and does it again where it fails, on a new connection. @throws KAFKA_UNAVAILABLE, KAFKA_REFUSED */
  use<T>(what: string, work: (admin: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A connection, and how many work with it. */
interface Held {
  admin: Promise<Admin>;
  users: number;
  isRetired: boolean;
}

const MAX_ATTEMPTS = 3;

/** One admin connection for all, made at first use and made anew after an error: kafkajs keeps a broken one. */
export function sharedAdmin(kafka: Pick<Kafka, 'admin'>): SharedAdmin {
  let current: Held | undefined;
  const retire = (held: Held) => {
    held.isRetired = true;
    // Another's failure may have replaced it already: the fresh one is not to blame.
    if (current === held) current = undefined;
  };
  const attempt = async <T>(work: (admin: Admin) => Promise<T>): Promise<T> => {
    const held = (current ??= connect(kafka));
    held.users++;
    try {
      return await work(await held.admin);
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

function connect(kafka: Pick<Kafka, 'admin'>): Held {
  const admin = kafka.admin();
  return { admin: admin.connect().then(() => admin), users: 0, isRetired: false };
}

async function disconnect({ admin }: Held): Promise<void> {
  // The connection may be what broke; the broker forgets it either way.
  await admin.then((connected) => connected.disconnect()).catch(() => undefined);
}

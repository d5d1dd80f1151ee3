import { setTimeout as sleep } from 'node:timers/promises';
import { type Cause, kafkaCause, kafkaError } from './errors.ts';

/** An answer was given out of metadata that were another question's. The connection is in order: ask again. */
export class StaleMetadata extends Error {
  override readonly name = 'StaleMetadata';
}

/** A connection that all share. */
export interface Shared<C> {
  /**
   * Does some work, and does it again where it fails, on a new connection. While a group has no coordinator it waits, up
   * to 10 s. @throws KAFKA_UNAVAILABLE, KAFKA_REFUSED
   */
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
/** Kafka moves a group, or has only just started. Nothing is wrong with the connection: the next answer is as good. */
const HAS_NO_COORDINATOR =
  /^(NOT_COORDINATOR_FOR_GROUP|GROUP_COORDINATOR_NOT_AVAILABLE|GROUP_LOAD_IN_PROGRESS)$/;
const COORDINATOR_WITHIN_MS = 10_000;
const COORDINATOR_PAUSE_MS = 200;

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
      if (!(error instanceof StaleMetadata) && !hasNoCoordinator(kafkaCause(error))) retire(held);
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
      const untilMs = Date.now() + COORDINATOR_WITHIN_MS;
      for (let failed = 0; ;) {
        try {
          return await attempt(work);
        } catch (error) {
          const cause = kafkaCause(error);
          if (hasNoCoordinator(cause) && Date.now() < untilMs) {
            await sleep(COORDINATOR_PAUSE_MS);
            continue;
          }
          if (++failed === MAX_ATTEMPTS || cause.retriable === false) throw kafkaError(error, what);
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

const hasNoCoordinator = ({ type = '' }: Cause): boolean => HAS_NO_COORDINATOR.test(type);

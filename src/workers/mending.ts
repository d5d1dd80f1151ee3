import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamDefinition } from '../definition/definition.ts';
import { messageOf } from '../errors.ts';
import { mend, type MendDeps } from '../intake/index.ts';
import type { Log } from '../log.ts';
import { repeatedly, type Repeated } from './repeatedly.ts';

const EVERY_MS = 10_000;
/** A Druid that does not answer must not hold the process. */
const STOP_LIMIT_MS = 2_000;

/**
 * Looks after all streams now and every 10 s: where Kafka's retention has taken away the place at which Druid would read
 * on, and nothing was lost, Druid goes on behind it. Nobody waits for this: a Druid that is away holds nothing up.
 */
export function startMending(deps: MendDeps, streams: () => Promise<StreamDefinition[]>, log: Log): Repeated {
  const told = new Map<string, string>();
  const tell = (stream: string, error: string) => {
    if (told.get(stream) === error) return;
    told.set(stream, error);
    log.warn({ stream, error }, 'how far Druid is in the clean topic could not be looked at; tried again');
  };
  const mendOne = async (stream: StreamDefinition, signal: AbortSignal) => {
    for (const { partition, at, low } of await mend(deps, stream, signal)) {
      log.warn(
        { stream: stream.name, partition, from: String(at), to: String(low) },
        `Kafka's retention emptied this clean partition after Druid had read it. The supervisor was reset to offset ${low}; no event is lost.`,
      );
    }
    told.delete(stream.name);
  };
  const work = async (signal: AbortSignal) => {
    for (const stream of await streams()) {
      if (signal.aborted) return;
      await mendOne(stream, signal).catch((error: unknown) => {
        if (!signal.aborted) tell(stream.name, messageOf(error));
      });
    }
  };
  // The event path says itself that the catalogue cannot be read.
  const mending = repeatedly(work, { everyMs: EVERY_MS, onError: () => undefined });
  return {
    stop: () => Promise.race([mending.stop(), sleep(STOP_LIMIT_MS, undefined, { ref: false })]),
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaClient } from '../clients/kafka/port.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Names } from '../names.ts';
import type { MarksStore } from '../store/marks/writer.ts';
import type { AppliedStream, StreamHealth } from './membership/stream-state.ts';
import { type StreamWorker, startStreamWorker } from './membership/stream-worker.ts';
import { idBudget } from './path/memory/id-budget.ts';

export type { AppliedStream, StreamHealth } from './membership/stream-state.ts';

export interface IngestDeps {
  kafka: KafkaClient;
  names: Names;
  marks: MarksStore;
  /** The streams of the catalogue as they are applied now. */
  streams: () => Promise<AppliedStream[]>;
  /** Told every 2 s how each stream fares, for those who look from outside. */
  report?: (streams: StreamHealth[]) => Promise<void>;
  log: Log;
}

/** The event path of one process. */
export interface Ingest {
  health(): StreamHealth[];
  /** Finishes the running transactions and leaves the groups and writes the marks; at most 10 s. */
  stop(): Promise<void>;
}

const POLL_MS = 2_000;
/** How often old marks are dropped and merged, and how long after the start for the first time. */
const TEND_MS = 3_600_000;
const FIRST_TEND_MS = 60_000;
/** A MariaDB that is away must not hold the process: what is not written is rebuilt. */
const MARKS_LIMIT_MS = 2_000;

/**
 * Consumes every applied stream: raw events are validated, freed of duplicates, and written to the clean and the
 * dead-letter topic in one Kafka transaction with their offsets.
 *
 * The catalogue is asked every 2 s, so that a stream starts, changes or stops without a restart. Returns at once;
 * a server that is away is waited for, and shows in `health`.
 */
export async function startIngest(deps: IngestDeps): Promise<Ingest> {
  const workers = new Map<string, StreamWorker>();
  const ids = idBudget();
  const health = () => [...workers.values()].map((worker) => worker.health());
  let tendAtMs = Date.now() + FIRST_TEND_MS;
  let isStopped = false;
  let isCatalogueDown = false;
  let timer: NodeJS.Timeout | undefined;

  const poll = async () => {
    try {
      const applied = await deps.streams();
      if (!isStopped) follow({ ...deps, ids }, workers, applied);
      await deps.report?.(health());
      if (Date.now() > tendAtMs) {
        tendAtMs = Date.now() + TEND_MS;
        await deps.marks.tend();
      }
      isCatalogueDown = false;
    } catch (error) {
      // Streams that run go on with what they have.
      if (!isCatalogueDown)
        deps.log.warn(
          { error: messageOf(error) },
          'MariaDB cannot be asked; streams go on with what they have',
        );
      isCatalogueDown = true;
    }
  };
  const schedule = () => {
    if (!isStopped) timer = setTimeout(() => void poll().then(schedule), POLL_MS);
  };
  await poll();
  schedule();
  return {
    health,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await Promise.all([...workers.values()].map((worker) => worker.stop()));
      await Promise.race([deps.marks.stop(), sleep(MARKS_LIMIT_MS, undefined, { ref: false })]);
    },
  };
}

/** Makes the running workers those of the catalogue. */
function follow(
  deps: Parameters<typeof startStreamWorker>[0],
  workers: Map<string, StreamWorker>,
  applied: readonly AppliedStream[],
): void {
  for (const stream of applied) {
    const { name } = stream.definition;
    const worker = workers.get(name);
    if (worker === undefined) workers.set(name, startStreamWorker(deps, stream));
    else if (!worker.isOf(stream)) worker.update(stream);
  }
  for (const [name, worker] of workers) {
    if (applied.some(({ definition }) => definition.name === name)) continue;
    workers.delete(name);
    void worker.stop();
  }
}

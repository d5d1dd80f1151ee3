import type { CommitMetadata } from '../store/commit.ts';
import type { Log } from '../log.ts';
import type { KafkaClient } from '../clients/kafka/port.ts';
import type { Names } from '../names.ts';
import type { PositionsStore } from '../store/positions.ts';
import type { IdBudget } from './id-budget.ts';
import type { Transform } from './transform.ts';

/** What the consumer of one stream works with. */
export interface StreamWorkerDeps {
  kafka: KafkaClient;
  names: Names;
  positions: PositionsStore;
  /** One for all streams of the process. */
  ids: IdBudget;
  log: Log;
}

/** Names and ports of one lane. */
export interface LaneDeps {
  kafka: KafkaClient;
  stream: string;
  partition: number;
  topics: { raw: string; clean: string; dead: string };
  group: string;
  transactionalId: string;
  dedupeMs: number;
  ids: IdBudget;
  /** Read anew for every chunk, so that a changed definition takes over between two transactions. */
  rules: () => { transform: Transform; timeField: string };
  positions: PositionsStore;
  /** The raw records from `from` on are gone unread; it goes on at `to`. */
  onGap: (partition: number, from: bigint, to: bigint) => void;
  /** The committed position and counters are lost; it goes on with what the clean topic tells. */
  onRebuilt: (partition: number, rebuilt: Rebuilt) => void;
  /** The windows hold more ids than fit in memory: from now on this one forgets its oldest before their time. */
  onWindowFull: (partition: number) => void;
}

/** Where a lane goes on whose committed position was lost, and what it still knows. */
export interface Rebuilt {
  position: bigint;
  /** Its counters start anew. */
  state: CommitMetadata;
  /**
   * What the position was found by. Nothing is lost either way; written a second time are
   * - `record` (the last clean record's own place in the raw partition): only the dead letters that came after it;
   * - `time` (the dedupe window before it): the dead letters of the window;
   * - `start` (the first record there is): all dead letters, and every clean event that is older than the window.
   */
  by: 'record' | 'time' | 'start';
}

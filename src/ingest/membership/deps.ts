import type { KafkaClient } from '../../clients/kafka/port.ts';
import type { Log } from '../../log.ts';
import type { Names } from '../../names.ts';
import type { MarksStore } from '../../store/marks/writer.ts';
import type { IdBudget } from '../path/memory/id-budget.ts';

/** What the consumer of one stream works with. */
export interface StreamWorkerDeps {
  kafka: KafkaClient;
  names: Names;
  marks: MarksStore;
  /** One for all streams of the process. */
  ids: IdBudget;
  log: Log;
}

import type { KafkaClient } from '../../clients/kafka/port.ts';
import type { MarksStore } from '../../store/marks/writer.ts';
import type { EventJudge } from './event/judge-event.ts';
import type { IdBudget } from './memory/id-budget.ts';
import type { LaneNews } from './news.ts';

/** What one lane works with. */
export interface LaneDeps {
  stream: string;
  /** The same number in the raw, the clean and the dead-letter topic. */
  partition: number;
  places: LanePlaces;
  clients: { kafka: KafkaClient; marks: MarksStore };
  limits: LaneLimits;
  /** Asked anew for every transaction, so that a changed definition takes over between two of them. */
  rules: () => LaneRules;
  news: LaneNews;
}

/** Where a lane reads, writes and commits, as Kafka calls it. */
export interface LanePlaces {
  topics: { raw: string; clean: string; dead: string };
  /** Kafka's id of the clean topic: one that is made anew needs another lane. */
  cleanTopicId: string;
  /** And the raw topic, of which a position means nothing in another. */
  rawTopicId: string;
  group: string;
  transactionalId: string;
}

/** How far back a lane knows its events' ids, and the memory that it shares with others for them. */
export interface LaneLimits {
  dedupeMs: number;
  ids: IdBudget;
}

/** What a stream's definition, and those who read it, have a lane do with an event. */
export interface LaneRules {
  judgeEvent: EventJudge;
  timeField: string;
  /** Of the marks' buckets. */
  bucketLengthMs: number;
}

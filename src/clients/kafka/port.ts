import { MillraceError } from '../../errors.ts';

/*
 * Kafka as the rest of millrace sees it. An adapter (a folder beside this file) implements `KafkaClient`, and passes
 * `test/live/kafka-port.test.ts`.
 */

/** A topic to be made. */
export interface TopicSpec {
  topic: string;
  partitions: number;
  /** Settings of the topic by Kafka's names; the broker's defaults for the rest. */
  config: Record<string, string>;
}

/** A setting as it takes effect now. */
export interface TopicSetting {
  value: string;
  /** It was set on the topic itself; else it is the cluster's or Kafka's default. */
  isOwn: boolean;
}

/** All settings of a topic, by Kafka's names. */
export type TopicSettings = ReadonlyMap<string, TopicSetting>;

/** The first and the next offset of a partition. */
export interface Bounds {
  low: bigint;
  high: bigint;
}

/** A group's committed position in one partition. */
export interface Committed {
  /** The next offset to read. */
  offset: bigint;
  /** What was committed beside it; empty where there was nothing. */
  metadata: string;
}

/** A record as it lies in a topic. Offsets and timestamps stay text: converting each would cost more than it says. */
export interface SourceRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly offset: string;
  /** Unix ms. */
  readonly timestamp: string;
  readonly headers?: RecordHeaders | undefined;
}

/** By name; one that a record carries several times has a list. */
export type RecordHeaders = Readonly<Record<string, HeaderValue | HeaderValue[]>>;

type HeaderValue = Buffer | string | undefined;

/** A record to be written. Its partition is given: without it a retry could pick another one. */
export interface OutRecord {
  partition: number;
  key: Buffer | string | null;
  value: Buffer | string | null;
  /** Unix ms. */
  timestamp?: string;
  headers?: Record<string, string>;
}

/** Committed records of one partition, from `from` up to and without `to`, which lies not beyond the end. */
export interface Range {
  topic: string;
  partition: number;
  from: bigint;
  to: bigint;
}

/** Takes records as they come. `'enough'` ends the read. */
export type RangeHandler = (records: readonly SourceRecord[]) => 'enough' | void;

export interface SourceBatch {
  partition: number;
  /** Committed records in the order of their offsets, at least one. */
  records: readonly SourceRecord[];
  /** The offset after everything that was fetched, control records and aborted ones included. */
  next: bigint;
}

/** How a handler of a batch speaks to its source. */
export interface BatchContext {
  /** Proves that this process is still a member. @throws Rebalancing, which the handler has to pass on */
  heartbeat(): Promise<void>;
  /** Everything before this offset is done with. */
  resolved(next: bigint): void;
  isRunning(): boolean;
}

export interface SourceHandlers {
  /** The group was (re-)formed. Every partition stands still until `start` names its position. */
  onAssigned(partitions: readonly number[]): void;
  /** A rejection makes the whole source fail, except where it came out of `heartbeat`. */
  onBatch(batch: SourceBatch, context: BatchContext): Promise<void>;
  /** A stretch without any committed record (markers, aborted transactions) ends before `next`. */
  onPassed(partition: number, next: bigint): void;
  /** The source has stopped for good; it must be built anew. */
  onCrash(error: MillraceError): void;
}

/** One member of a consumer group, reading one topic. It commits nothing itself. */
export interface EventSource {
  run(handlers: SourceHandlers): Promise<void>;
  /** Lets an assigned partition flow from this offset. */
  start(partition: number, offset: bigint): void;
  /** Waits for running batches, then leaves the group. */
  stop(): Promise<void>;
}

/** The position that a transaction commits with its records. */
export interface TransactionPosition {
  group: string;
  topic: string;
  partition: number;
  /** The next offset to read. */
  offset: bigint;
  metadata: string;
}

/**
 * One transactional producer, always inside a transaction: opened by `openProducer`, then after each `commit`.
 *
 * Any error makes it useless, with an unknown outcome: close it, open a new one, and ask the committed position
 * what happened.
 */
export interface TransactionProducer {
  /** Sends records of one partition. @returns the offset of the first of them @throws Fenced */
  send(topic: string, records: OutRecord[]): Promise<number>;
  /** Commits what was sent, together with the position, and begins the next transaction. @throws Fenced */
  commit(position: TransactionPosition): Promise<void>;
  close(): Promise<void>;
}

/** Another producer has taken over the transactional id, or the broker has expired the transaction. */
export class Fenced extends MillraceError {
  override readonly name = 'Fenced';
}

/** This process is no longer, or not yet again, a member of its group: it has to join anew before it goes on. */
export class Rebalancing extends MillraceError {
  override readonly name = 'Rebalancing';
}

/**
 * A client of the cluster. Nothing connects before it is used.
 *
 * Every method throws KAFKA_UNAVAILABLE (repeated), KAFKA_REFUSED, or TOPIC_UNREADABLE where records are in a codec
 * that cannot be read. `context.type` of an error is Kafka's own name for it.
 */
export interface KafkaClient {
  /** Makes the topics that are missing. @returns their names */
  ensureTopics(specs: readonly TopicSpec[]): Promise<string[]>;
  /** Names of all topics of the cluster. */
  topics(): Promise<string[]>;
  /** Adds partitions; Kafka cannot take any away. */
  growTopic(topic: string, partitions: number): Promise<void>;
  /** Undefined: there is no such topic. */
  topicPartitions(topic: string): Promise<number | undefined>;
  /** The settings of several topics as they are now, read in one go; a topic that does not exist is left out. */
  topicSettings(topics: readonly string[]): Promise<Map<string, TopicSettings>>;
  /** Sets these settings on a topic; its other settings stay as they are. @throws KAFKA_REFUSED for an unknown one */
  alterTopic(topic: string, settings: Readonly<Record<string, string>>): Promise<void>;
  /** What names this incarnation of a topic: one that is deleted and made anew has another. Undefined: none there. */
  topicId(topic: string): Promise<string | undefined>;
  /** One that is not there counts as deleted. */
  deleteTopics(topics: readonly string[]): Promise<void>;

  /** By partition, all that the topic has now. `high` ends before the first transaction that is still open. */
  bounds(topic: string): Promise<Map<number, Bounds>>;
  /** By partition, the offset after the last record, those of transactions that are still open included. */
  ends(topic: string): Promise<Map<number, bigint>>;
  /** @throws KAFKA_UNAVAILABLE, as the two below, where the topic has no such partition (yet) */
  boundsAt(topic: string, partition: number): Promise<Bounds>;
  /** The first offset that is not older, a transaction's marker included; the end where there is none. */
  offsetAt(topic: string, partition: number, timeMs: number): Promise<bigint>;
  /** Undefined: the group has committed nothing there. */
  committedAt(group: string, topic: string, partition: number): Promise<Committed | undefined>;
  /** What a group has committed, by partition, over all that the topic has now; those without a commit are left out. */
  committed(group: string, topic: string): Promise<Map<number, Committed>>;
  deleteGroups(groups: readonly string[]): Promise<void>;

  /** Builds a member of a group; nothing connects before its `run`. @param concurrency batches at the same time */
  source(topic: string, group: string, concurrency: number): EventSource;
  /**
   * Connects a producer and takes its transactional id over: what an earlier holder of the id left open is ended, and
   * that holder is refused from then on.
   */
  openProducer(transactionalId: string): Promise<TransactionProducer>;
  /** Reads a range of one partition once, in order, and returns when it has passed the range's end. */
  readRange(range: Range, onRecords: RangeHandler, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

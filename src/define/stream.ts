import { z } from 'zod';
import { declare, type Declared, type Report } from './declared.ts';
import type { Field, StreamDefinition } from '../definition/definition.ts';
import { DEFAULTS } from '../definition/kinds.ts';
import { durationMs, DURATION_EXAMPLES, type Duration } from './duration.ts';
import { fieldsOf } from './fields.ts';
import {
  COMMON,
  commonFacts,
  readOptions,
  rowSchema,
  text,
  wants,
  wholeNumber,
  type CommonOptions,
} from './options.ts';
import { checkColumn } from './columns.ts';

export interface StreamOptions<Event extends z.ZodObject> extends CommonOptions {
  /** One event. What it does not name is ignored; an event that does not fit becomes a dead letter. */
  event: Event;
  /** The field that identifies an event. Producers use it as the message's key. */
  id: Column<Event>;
  /** The field with the time of the event; Druid's `__time`. */
  time: Column<Event>;
  /** Within this window a second event with the same id is dropped. Default '1 hour'; `false`: none is dropped. */
  dedupe?: Duration | false;
  /** The raw topic, where another program owns it. Default: one that apply makes. */
  topic?: string;
  /** Partitions of the topics that apply makes, 1 to 256. Default 4. */
  partitions?: number;
  /**
   * Part of the datasource's name, 1 to 9999. It cannot be changed once applied (a new stream on the same `topic` can
   * take over). Default 1.
   */
  version?: number;
}

/** The name of a field of the schema: of `event` in a stream, of `row` in a table. */
export type Column<Row extends z.ZodObject> = keyof Row['shape'] & string;

const OPTIONS = {
  ...COMMON,
  event: rowSchema('z.object({ id: z.string(), at: z.iso.datetime() })'),
  id: text("the name of a field, such as 'id'"),
  time: text("the name of a field, such as 'at'"),
  dedupe: z
    .custom<string | false>(
      (value) => value === false || (typeof value === 'string' && durationMs(value) !== undefined),
      wants('a duration', `${DURATION_EXAMPLES}, or false for none`),
    )
    .transform((value) => (value === false ? 0 : (durationMs(value) ?? 0)))
    .optional(),
  topic: text('the name of a Kafka topic')
    .regex(/^[A-Za-z0-9._-]{1,249}$/, wants('a topic', "letters, digits, '.', '_' and '-', at most 249"))
    .optional(),
  partitions: wholeNumber(1, 256, 'a number such as 4').optional(),
  version: wholeNumber(1, 9999, 'a number such as 2').optional(),
};

/**
 * Declares online events: the raw topic, one event's schema, the clean topic, the Druid datasource fed from it.
 *
 * @example
 * export const orders = stream('orders', {
 *   event: z.object({ id: z.string(), at: z.iso.datetime(), currency: z.string(), amount: z.number() }),
 *   id: 'id',
 *   time: 'at',
 * });
 */
export function stream<Event extends z.ZodObject>(
  name: string,
  options: StreamOptions<Event>,
): Declared<'stream'> {
  return declare('stream', name, (report) => build(name, options, report));
}

function build(name: string, options: unknown, report: Report): StreamDefinition | undefined {
  const read = readOptions(OPTIONS, options, '', report);
  const { event, id, time } = read;
  if (event === undefined) return undefined;
  const fields: Field[] = fieldsOf(event, 'event', report);
  if (id !== undefined) checkColumn(fields, id, { option: 'id', in: 'event', role: 'eventId' }, report);
  if (time !== undefined)
    checkColumn(fields, time, { option: 'time', in: 'event', role: 'eventTime' }, report);
  if (id === undefined || time === undefined) return undefined;
  return {
    kind: 'stream',
    name,
    ...commonFacts(read),
    fields,
    id,
    time,
    dedupeMs: read.dedupe ?? DEFAULTS.dedupeMs,
    ...(read.topic === undefined ? {} : { topic: read.topic }),
    partitions: read.partitions ?? DEFAULTS.partitions,
    version: read.version ?? DEFAULTS.version,
  };
}

import type { Config } from '../../config.ts';
import type { StreamDefinition } from '../../definition/definition.ts';
import { meaningOf } from '../../definition/field-types/index.ts';
import type { Names } from '../../names.ts';

/**
 * The Kafka supervisor of a stream: reads the clean topic from its beginning, committed records only.
 *
 * No row may vanish: parse errors stop the task (the worker has validated every record), nothing is rejected for
 * being late or early, and offsets are never reset by themselves.
 * @see https://druid.apache.org/docs/latest/ingestion/kafka-ingestion
 */
export function supervisorSpec(
  stream: StreamDefinition,
  names: Names,
  consumerProperties: Record<string, string>,
) {
  const dimensions = stream.fields
    .filter((field) => field.name !== stream.time)
    .map((field) => ({ type: meaningOf(field).druid.dimension, name: field.name }));
  return {
    type: 'kafka',
    context: { useConcurrentLocks: true },
    spec: {
      dataSchema: {
        dataSource: names.datasource(stream),
        timestampSpec: { column: stream.time, format: 'iso' },
        dimensionsSpec: { dimensions, useSchemaDiscovery: false },
        granularitySpec: { segmentGranularity: 'day', queryGranularity: 'none', rollup: false },
      },
      ioConfig: {
        topic: names.cleanTopic(stream.name),
        useEarliestOffset: true,
        taskCount: 1,
        replicas: 1,
        taskDuration: 'PT1H',
        startDelay: 'PT0S',
        period: 'PT10S',
        consumerProperties: {
          ...consumerProperties,
          'isolation.level': 'read_committed',
          // Else a task that outlives its topic makes it again, with the broker's defaults.
          'allow.auto.create.topics': 'false',
        },
        inputFormat: { type: 'json' },
      },
      tuningConfig: {
        type: 'kafka',
        maxRowsPerSegment: 5_000_000,
        maxParseExceptions: 0,
        maxSavedParseExceptions: 10,
        logParseExceptions: true,
        resetOffsetAutomatically: false,
      },
    },
  };
}

/** Kafka's address and security as Druid's own consumer takes them. */
export function druidConsumerProperties(kafka: Config['kafka']): Record<string, string> {
  const properties: Record<string, string> = { 'bootstrap.servers': kafka.brokersForDruid };
  if (!kafka.sasl && !kafka.tls) return properties;
  properties['security.protocol'] = kafka.sasl ? (kafka.tls ? 'SASL_SSL' : 'SASL_PLAINTEXT') : 'SSL';
  if (kafka.sasl) {
    const { mechanism, username, password } = kafka.sasl;
    const module = mechanism === 'plain' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule';
    properties['sasl.mechanism'] = mechanism.toUpperCase();
    properties['sasl.jaas.config'] =
      `org.apache.kafka.common.security.${module} required username=${quoted(username)} password=${quoted(password)};`;
  }
  return properties;
}

/** A value as JAAS wants it between quotes. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

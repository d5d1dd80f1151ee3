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
  consumerProperties: ConsumerProperties,
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

/** Settings of Druid's Kafka consumer: texts, but for the ones that Druid itself looks up elsewhere. */
export type ConsumerProperties = Record<string, string | EnvironmentProvider>;

/** Has Druid take settings from variables of its own environment: by setting, the name of the variable. */
interface EnvironmentProvider {
  type: 'environment';
  variables: Record<string, string>;
}

/**
 * Kafka's address and security as Druid's own consumer takes them.
 *
 * Whoever may read supervisors reads their specs, and Druid's metadata store keeps every one that ever was. So the
 * password stands there only where Druid's environment does not hold it.
 * @see https://druid.apache.org/docs/latest/operations/dynamic-config-provider
 */
export function druidConsumerProperties(kafka: Config['kafka']): ConsumerProperties {
  const properties: ConsumerProperties = { 'bootstrap.servers': kafka.brokersForDruid };
  if (!kafka.sasl && !kafka.tls) return properties;
  properties['security.protocol'] = kafka.sasl ? (kafka.tls ? 'SASL_SSL' : 'SASL_PLAINTEXT') : 'SSL';
  if (kafka.sasl) {
    properties['sasl.mechanism'] = kafka.sasl.mechanism.toUpperCase();
    if (kafka.jaasVariableForDruid === undefined) properties['sasl.jaas.config'] = jaasOf(kafka.sasl);
    else {
      const variables = { 'sasl.jaas.config': kafka.jaasVariableForDruid };
      properties['druid.dynamic.config.provider'] = { type: 'environment', variables };
    }
  }
  return properties;
}

function jaasOf({ mechanism, username, password }: NonNullable<Config['kafka']['sasl']>): string {
  const module = mechanism === 'plain' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule';
  return `org.apache.kafka.common.security.${module} required username=${quoted(username)} password=${quoted(password)};`;
}

/** A value as JAAS wants it between quotes. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

import type { DruidClient } from '../clients/druid.ts';
import type { Config } from '../config.ts';
import type { StreamDefinition } from '../definition/definition.ts';
import { meaningOf } from '../definition/field-types/index.ts';
import { contentHash } from '../definition/hash.ts';
import type { Names } from '../names.ts';
import { MillraceError } from '../errors.ts';
import { CLAIMED, type Change, type Ownership } from './desired.ts';

interface DruidTarget {
  druid: DruidClient;
  names: Names;
  ownership: Ownership;
  /** Kafka's address as Druid reaches it, and the security settings of its consumer. */
  consumerProperties: Record<string, string>;
}

/** @throws OBJECT_FOREIGN when a supervisor with a name of ours is not ours */
export async function refuseForeignSupervisors(
  { druid, names, ownership }: Pick<DruidTarget, 'druid' | 'names' | 'ownership'>,
  streams: StreamDefinition[],
): Promise<void> {
  const owned = await ownership.hashes('druid');
  for (const id of streams.map((stream) => names.datasource(stream))) {
    if (!owned.has(id) && (await druid.supervisor(id)) !== undefined) throw foreign(id);
  }
}

/**
 * Makes and keeps the supervisor of each stream.
 *
 * Druid's own answer holds every default, so it is never compared: our hash of what we posted decides, and a
 * supervisor that is the same is not posted again (a post restarts its tasks).
 */
export async function applyDruid(target: DruidTarget, streams: StreamDefinition[]): Promise<Change[]> {
  const { druid, names, ownership } = target;
  const owned = await ownership.hashes('druid');
  const changes: Change[] = [];
  for (const stream of streams) {
    const id = names.datasource(stream);
    const spec = supervisorSpec(stream, names, target.consumerProperties);
    const hash = contentHash(spec);
    const live = await druid.supervisor(id);
    if (live !== undefined && owned.get(id) === hash) {
      changes.push({ system: 'druid', object: id, action: 'unchanged' });
      continue;
    }
    if (!owned.has(id)) await ownership.record('druid', id, CLAIMED);
    await druid.postSupervisor(spec);
    await ownership.record('druid', id, hash);
    changes.push({ system: 'druid', object: id, action: live === undefined ? 'create' : 'update' });
  }
  return changes;
}

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

function foreign(id: string): MillraceError {
  return new MillraceError(
    'OBJECT_FOREIGN',
    `Druid already has a supervisor '${id}' that millrace did not make. Rename the stream, or give it another version; or terminate that supervisor if it is not needed.`,
    { context: { system: 'druid', object: id } },
  );
}

/** A value as JAAS wants it between quotes. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

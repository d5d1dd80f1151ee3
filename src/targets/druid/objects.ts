import type { DruidClient } from '../../clients/druid.ts';
import { ofKind } from '../../definition/definition.ts';
import type { Desired, Known, Live, Owned } from '../target.ts';
import { specFields } from './fields.ts';
import { datasourceOf, objectOf } from './object-names.ts';
import { remembered, typesHeld } from './types.ts';
import { druidConsumerProperties, supervisorSpec } from './spec.ts';

export interface DesiredSupervisor extends Desired {
  /** The id of the supervisor and the name of the datasource that it fills. */
  datasource: string;
  spec: ReturnType<typeof supervisorSpec>;
  /** This apply made the clean topic: positions from before mean nothing in it. */
  isTopicNew: boolean;
  /** By field, the type that its column has had; known once the records were looked at. */
  held: Readonly<Record<string, unknown>>;
}

/** A supervisor, or a datasource that no supervisor of ours is to fill any more. */
export type DruidObject = Live & { datasource: string } & (
    { kind: 'supervisor'; isSuspended: boolean } | { kind: 'datasource' }
  );

export function desiredSupervisors(known: Known): DesiredSupervisor[] {
  const { config, definitions, names } = known;
  const consumerProperties = druidConsumerProperties(config.kafka);
  return ofKind([...definitions.values()], 'stream').map((stream) => {
    const spec = supervisorSpec(stream, names, consumerProperties);
    const datasource = names.datasource(stream);
    return {
      object: objectOf('supervisor', datasource),
      fields: specFields(spec, datasource),
      datasource,
      spec,
      held: {},
      isTopicNew: known.isNew('kafka', names.cleanTopic(stream.name)),
    };
  });
}

/**
 * The supervisors that are desired, and of streams that are no longer defined the supervisor and the datasource. The
 * datasource stands first, so that it is retired after what fills it.
 */
export async function liveObjects(
  druid: DruidClient,
  desired: readonly DesiredSupervisor[],
  owned: Owned,
): Promise<ReadonlyMap<string, DruidObject>> {
  const wanted = new Set(desired.map(({ datasource }) => datasource));
  const leftovers = new Set([...owned.keys()].map(datasourceOf).filter((name) => !wanted.has(name)));
  if (wanted.size + leftovers.size === 0) return new Map();
  const live = new Map<string, DruidObject>();
  for (const datasource of await filled(druid, [...leftovers])) {
    // The record of its supervisor says as well that it is ours.
    const object = objectOf('datasource', datasource);
    live.set(object, {
      kind: 'datasource',
      datasource,
      fields: {},
      holdsData: true,
      mark: 'ours',
      toRemember: remembered(typesHeld(owned, datasource), {}),
    });
  }
  for (const [datasource, spec] of await druid.supervisors()) {
    if (!wanted.has(datasource) && !leftovers.has(datasource)) continue;
    live.set(objectOf('supervisor', datasource), {
      kind: 'supervisor',
      datasource,
      fields: specFields(spec, datasource),
      isSuspended: spec['suspended'] === true,
    });
  }
  return live;
}

/** Those that hold anything, published or in the memory of a task. */
async function filled(druid: DruidClient, datasources: readonly string[]): Promise<string[]> {
  if (datasources.length === 0) return [];
  const rows = await druid.rows('SELECT DISTINCT datasource FROM sys.segments WHERE is_realtime = 1');
  const inMemory = new Set(rows.map(({ datasource }) => datasource));
  const held: string[] = [];
  for (const datasource of datasources) {
    if (inMemory.has(datasource) || (await druid.usedSegments(datasource)).size > 0) held.push(datasource);
  }
  return held;
}

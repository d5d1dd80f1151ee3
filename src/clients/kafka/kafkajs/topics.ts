import kafkajs, { type Admin } from 'kafkajs';
import type { TopicSettings, TopicSpec } from '../port.ts';

/** Makes the topics that are missing. @returns their names */
export async function createMissing(admin: Admin, specs: readonly TopicSpec[]): Promise<string[]> {
  const present = new Set(await admin.listTopics());
  const missing = specs.filter(({ topic }) => !present.has(topic));
  if (missing.length === 0) return [];
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map(({ topic, partitions, config }) => ({
      topic,
      numPartitions: partitions,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    })),
  });
  return missing.map(({ topic }) => topic);
}

/** Deletes the topics that are there. */
export async function deletePresent(admin: Admin, topics: readonly string[]): Promise<void> {
  const present = new Set(await admin.listTopics());
  const found = topics.filter((topic) => present.has(topic));
  if (found.length > 0) await admin.deleteTopics({ topics: found });
}

/** Undefined: there is no such topic. */
export async function partitionsOf(admin: Admin, topic: string): Promise<number | undefined> {
  // Of all topics: a missing one asked for by name is an error that kafkajs repeats for seconds, and asking for one
  // alone takes the others' partitions away from those who ask about them at the same time.
  const { topics } = await admin.fetchTopicMetadata();
  return topics.find(({ name }) => name === topic)?.partitions.length;
}

/** By topic, of those that exist: one that does not would fail the question for all of them. */
export async function settingsOf(
  admin: Admin,
  topics: readonly string[],
): Promise<Map<string, TopicSettings>> {
  const present = new Set(await admin.listTopics());
  const asked = [...new Set(topics)].filter((topic) => present.has(topic));
  if (asked.length === 0) return new Map();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: asked.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  });
  return new Map(resources.map(({ resourceName, configEntries }) => [resourceName, settings(configEntries)]));
}

type Entries = Awaited<ReturnType<Admin['describeConfigs']>>['resources'][number]['configEntries'];

function settings(entries: Entries): TopicSettings {
  return new Map(
    entries.map(({ configName, configValue, configSource }) => [
      configName,
      { value: configValue, isOwn: configSource === kafkajs.ConfigSource.TOPIC_CONFIG },
    ]),
  );
}

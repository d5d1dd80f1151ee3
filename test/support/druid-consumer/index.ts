import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Overrides } from '../../../src/config.ts';
import { druidJava } from '../druid-reader/java.ts';

/** How many partitions Druid's own consumer sees of a topic, or why it sees none. */
export type DruidSees = { partitions: number } | { refused: string };

/**
 * Asks Kafka with Druid's own consumer.
 * @param variables what stands in Druid's environment
 */
export async function seenByDruid(
  consumerProperties: object,
  topic: string,
  variables: Overrides,
): Promise<DruidSees> {
  const java = await druidJava(path.join(import.meta.dirname, 'DruidConsumer.java'), [topic], variables);
  java.stdin.end(JSON.stringify(consumerProperties));
  const [said] = await Promise.all([text(java.stdout), once(java, 'close')]);
  return JSON.parse(said.trim().split('\n').at(-1) ?? '') as DruidSees;
}

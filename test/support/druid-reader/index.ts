import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseExactly } from '../../../src/definition/exact-json.ts';
import { namesFor } from '../../../src/names.ts';
import type { StreamDefinition } from '../../../src/definition/definition.ts';
import { supervisorSpec } from '../../../src/targets/druid/spec.ts';
import { druidJava } from './java.ts';

/** What Druid makes of one record. */
export type DruidReading = { time: number; values: Record<string, unknown> } | { refused: string };

/** Reads records with Druid's own classes, in the shape that apply gives the stream's supervisor. */
export async function readAsDruid(
  stream: StreamDefinition,
  records: readonly Buffer[],
): Promise<DruidReading[]> {
  const java = await druidJava(path.join(import.meta.dirname, 'DruidReader.java'));
  const { dataSchema } = supervisorSpec(stream, namesFor('reader'), {}).spec;
  const readings: DruidReading[] = [];
  const lines = createInterface({ input: java.stdout });
  lines.on('line', (line) => readings.push(parseExactly(line) as DruidReading));
  const ended = Promise.all([once(java, 'close'), once(lines, 'close')]);
  java.stdin.write(`${JSON.stringify(dataSchema)}\n`);
  for (const record of records) {
    if (!java.stdin.write(`${record.toString('base64')}\n`)) await once(java.stdin, 'drain');
  }
  java.stdin.end();
  await ended;
  if (readings.length !== records.length) {
    throw new Error(`Druid answered ${readings.length} of ${records.length} records`);
  }
  return readings;
}

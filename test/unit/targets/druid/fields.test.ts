import { expect, test } from 'vitest';
import { namesFor } from '../../../../src/names.ts';
import { differencesOf } from '../../../../src/targets/difference.ts';
import { specFields } from '../../../../src/targets/druid/fields.ts';
import { supervisorSpec } from '../../../../src/targets/druid/spec.ts';
import { CLICKS } from '../../../support/clicks.ts';

const JAAS = 'PlainLoginModule required username="u" password="kafka-pass";';
const ours = (jaas = JAAS) =>
  supervisorSpec(CLICKS, namesFor('dev'), { 'bootstrap.servers': 'k:9092', 'sasl.jaas.config': jaas });

/** As Druid gives a spec back: durations in seconds, granularities in capitals, each dimension with its defaults. */
function asDruidSays(spec: ReturnType<typeof ours>) {
  const { dataSchema, ioConfig, tuningConfig } = spec.spec;
  return {
    ...spec,
    spec: {
      dataSchema: {
        ...dataSchema,
        timestampSpec: { ...dataSchema.timestampSpec, missingValue: null },
        dimensionsSpec: {
          ...dataSchema.dimensionsSpec,
          dimensions: dataSchema.dimensionsSpec.dimensions.map((one) => ({
            ...one,
            createBitmapIndex: true,
          })),
        },
        granularitySpec: {
          type: 'uniform',
          segmentGranularity: 'DAY',
          queryGranularity: { type: 'none' },
          rollup: false,
        },
      },
      ioConfig: { ...ioConfig, taskDuration: 'PT3600S', pollTimeout: 100 },
      tuningConfig: { ...tuningConfig, httpTimeout: 'PT10S' },
    },
  };
}

const between = (desired: object, live: object) =>
  differencesOf({ object: 'x', fields: specFields(desired, 'x') }, specFields(live, 'x'), undefined);

test("what Druid rewrites is no difference, and the password for Kafka is in nobody's fields", () => {
  expect(between(ours(), asDruidSays(ours()))).toEqual([]);
  expect(JSON.stringify(specFields(ours(), 'x'))).not.toContain('kafka-pass');
});

test('another password for Kafka is a difference, and is not shown', () => {
  const [difference, ...more] = between(ours(), asDruidSays(ours(JAAS.replace('kafka-pass', 'another'))));
  expect(difference).toMatchObject({ live: '(secret)', desired: '(secret)' });
  expect(more).toEqual([]);
});

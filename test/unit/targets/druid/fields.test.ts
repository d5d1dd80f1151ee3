import { scryptSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { differencesText } from '../../../../src/cli/difference-text.ts';
import { namesFor } from '../../../../src/names.ts';
import { differencesOf } from '../../../../src/targets/difference.ts';
import { specFields } from '../../../../src/targets/druid/fields.ts';
import { supervisorSpec, type ConsumerProperties } from '../../../../src/targets/druid/spec.ts';
import type { Recorded } from '../../../../src/targets/target.ts';
import { CLICKS } from '../../../support/clicks.ts';

const JAAS = 'PlainLoginModule required username="u" password="kafka-pass";';
const withLogin = (login: ConsumerProperties) =>
  supervisorSpec(CLICKS, namesFor('dev'), { 'bootstrap.servers': 'k:9092', ...login });
const ours = (jaas = JAAS) => withLogin({ 'sasl.jaas.config': jaas });
const byVariable = () =>
  withLogin({
    'druid.dynamic.config.provider': {
      type: 'environment',
      variables: { 'sasl.jaas.config': 'KAFKA_JAAS' },
    },
  });

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

const between = (desired: object, live: object, made?: Recorded) =>
  differencesOf({ object: 'x', fields: specFields(desired, 'x') }, specFields(live, 'x'), made);

test("what Druid rewrites is no difference, and the password for Kafka is in nobody's fields", () => {
  expect(between(ours(), asDruidSays(ours()))).toEqual([]);
  expect(JSON.stringify(specFields(ours(), 'x'))).not.toContain('kafka-pass');
});

test('another password for Kafka is a difference, and is not shown', () => {
  const [difference, ...more] = between(ours(), asDruidSays(ours(JAAS.replace('kafka-pass', 'another'))));
  expect(difference).toMatchObject({ live: '(secret)', desired: '(secret)' });
  expect(more).toEqual([]);
});

test('its fingerprint is as slow to guess from as that of the passwords of Superset', () => {
  const { consumerProperties } = specFields(ours(), 'x')['ioConfig'] as {
    consumerProperties: Record<string, unknown>;
  };
  expect(consumerProperties['sasl.jaas.config']).toEqual({
    $secret: scryptSync(JAAS, 'x', 32).toString('hex'),
  });
});

test('the way from the spec to a variable of Druid, and back, is a change that shows no password', () => {
  const text = (desired: object, live: object) => {
    const made = { fields: specFields(live, 'x'), unseen: {}, learned: {} };
    return differencesText(between(desired, live, { hash: 'h', made }));
  };
  expect(text(byVariable(), ours())).toBe(
    "+ ioConfig.consumerProperties.'druid.dynamic.config.provider'.type environment, + ioConfig.consumerProperties.'druid.dynamic.config.provider'.variables sasl.jaas.config KAFKA_JAAS, - ioConfig.consumerProperties.'sasl.jaas.config'",
  );
  expect(text(ours(), byVariable())).toBe(
    "+ ioConfig.consumerProperties.'sasl.jaas.config' (secret), - ioConfig.consumerProperties.'druid.dynamic.config.provider'",
  );
});

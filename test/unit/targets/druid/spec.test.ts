import { expect, test } from 'vitest';
import { loadConfig } from '../../../../src/config.ts';
import { druidConsumerProperties } from '../../../../src/targets/druid/spec.ts';

const LOGIN = {
  MILLRACE_KAFKA_BROKERS: 'k:9092',
  MILLRACE_KAFKA_TLS: '1',
  MILLRACE_KAFKA_SASL: 'scram-sha-512',
  MILLRACE_KAFKA_USERNAME: 'druid',
  MILLRACE_KAFKA_PASSWORD: 'p"w\\d',
};
const propertiesOf = (variables: Record<string, string>) =>
  druidConsumerProperties(loadConfig({ ...LOGIN, ...variables }).kafka);

test('the password for Kafka stands in the spec where no variable of Druid holds it', () => {
  expect(propertiesOf({})).toEqual({
    'bootstrap.servers': 'k:9092',
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': 'SCRAM-SHA-512',
    'sasl.jaas.config': String.raw`org.apache.kafka.common.security.scram.ScramLoginModule required username="druid" password="p\"w\\d";`,
  });
});

test("with a variable of Druid's environment the spec names that, and holds neither user nor password", () => {
  expect(propertiesOf({ MILLRACE_KAFKA_JAAS_VARIABLE_FOR_DRUID: 'KAFKA_JAAS' })).toEqual({
    'bootstrap.servers': 'k:9092',
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': 'SCRAM-SHA-512',
    'druid.dynamic.config.provider': {
      type: 'environment',
      variables: { 'sasl.jaas.config': 'KAFKA_JAAS' },
    },
  });
});

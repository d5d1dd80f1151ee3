import { expect, it } from 'vitest';
import { ownSecrets } from '../../../src/clients/own-secrets.ts';
import { loadConfig } from '../../../src/config.ts';

const variables = {
  MILLRACE_KAFKA_SASL: 'plain',
  MILLRACE_KAFKA_USERNAME: 'team',
  MILLRACE_KAFKA_PASSWORD: 'of-kafka',
  MILLRACE_DRUID_URL: 'http://team:of%2Fthe-url@druid.example:8888',
  MILLRACE_DRUID_USERNAME: 'team',
  MILLRACE_DRUID_PASSWORD: 'of-druid',
  MILLRACE_MARIADB_PASSWORD: 'of-worker',
  MILLRACE_MARIADB_ADMIN_PASSWORD: 'of-admin',
  MILLRACE_MARIADB_READER_PASSWORD: 'of-reader',
  MILLRACE_SUPERSET_URL: 'http://token%2Fof-superset@superset.example',
  MILLRACE_SUPERSET_PASSWORD: 'of-superset',
  TEMPORAL_API_KEY: 'of-temporal',
  TEMPORAL_GRPC_META_AUTHORIZATION: 'Bearer of-a-gateway',
};

it('every login at our own servers is a secret', () => {
  expect(new Set(ownSecrets(loadConfig(variables)))).toEqual(
    new Set([
      ...['of-kafka', 'of-druid', 'of-worker', 'of-admin', 'of-reader', 'of-superset'],
      ...[
        'of%2Fthe-url',
        'of/the-url',
        'token%2Fof-superset',
        'token/of-superset',
        'of-temporal',
        'Bearer of-a-gateway',
        Buffer.from('team:of/the-url').toString('base64'),
        Buffer.from('token/of-superset:').toString('base64'),
      ],
    ]),
  );
});

it('settings of Temporal that cannot be read hide nothing and stop nothing', () => {
  const settings = { ...variables, TEMPORAL_CONFIG_FILE: '/no/such/file', TEMPORAL_PROFILE: 'nobody' };
  expect(ownSecrets(loadConfig(settings))).toContain('of-druid');
});

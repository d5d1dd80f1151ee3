import { expect, test } from 'vitest';
import { kafkaError, untranslated } from '../../../../../src/clients/kafka/kafkajs/errors.ts';
import { Fenced, Rebalancing } from '../../../../../src/clients/kafka/port.ts';
import { MillraceError } from '../../../../../src/errors.ts';

const said = (fields: object) => Object.assign(new Error('said'), fields);

test.each([
  ['a fenced producer', said({ type: 'INVALID_PRODUCER_EPOCH' }), Fenced, 'KAFKA_UNAVAILABLE'],
  ['a forgotten producer', said({ type: 'INVALID_PRODUCER_ID_MAPPING' }), Fenced, 'KAFKA_UNAVAILABLE'],
  ['a rebalance', said({ type: 'REBALANCE_IN_PROGRESS' }), Rebalancing, 'KAFKA_UNAVAILABLE'],
  ['a member that is unknown', said({ type: 'UNKNOWN_MEMBER_ID' }), Rebalancing, 'KAFKA_UNAVAILABLE'],
  ['a missing right', said({ type: 'TOPIC_AUTHORIZATION_FAILED' }), MillraceError, 'KAFKA_REFUSED'],
  ['a wrong login', said({ name: 'KafkaJSSASLAuthenticationError' }), MillraceError, 'KAFKA_REFUSED'],
  ['a setting that is none', said({ type: 'INVALID_CONFIG' }), MillraceError, 'KAFKA_REFUSED'],
  ['a certificate', said({ code: 'SELF_SIGNED_CERT_IN_CHAIN' }), MillraceError, 'KAFKA_REFUSED'],
  ['a codec', said({ name: 'KafkaJSNotImplemented' }), MillraceError, 'TOPIC_UNREADABLE'],
  ['a broker that is away', said({ code: 'ECONNREFUSED' }), MillraceError, 'KAFKA_UNAVAILABLE'],
  [
    'what is wrapped',
    new Error('outer', { cause: said({ type: 'PRODUCER_FENCED' }) }),
    Fenced,
    'KAFKA_UNAVAILABLE',
  ],
  [
    'what is one of several',
    said({ errors: [said({ type: 'INVALID_CONFIG' })] }),
    MillraceError,
    'KAFKA_REFUSED',
  ],
])('%s is named by the port', (_what, error, kind, code) => {
  const translated = kafkaError(error, 'Doing this');
  expect(translated).toBeInstanceOf(kind);
  expect(translated).toMatchObject({ code, message: expect.stringContaining('Doing this: ') as string });
  expect(untranslated(translated)).toBe(error);
});

test('an error of ours passes as it is', () => {
  const ours = new MillraceError('STREAM_NOT_DRAINED', 'waits');
  expect([kafkaError(ours, 'Doing this'), untranslated(ours)]).toEqual([ours, ours]);
});

import { MillraceError, messageOf } from '../errors.ts';

/** What Kafka itself said: kafkajs wraps it, sometimes more than once. */
export function kafkaCause(error: unknown): {
  name: string;
  type?: string;
  retriable?: boolean;
  message: string;
} {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  const { name, type, retriable } = deepest as { name?: string; type?: string; retriable?: boolean };
  return {
    name: name ?? 'Error',
    message: messageOf(deepest),
    ...(type === undefined ? {} : { type }),
    ...(retriable === undefined ? {} : { retriable }),
  };
}

/** Another producer has taken over this transactional id, or the broker has expired our transaction. */
export function isFenced(error: unknown): boolean {
  const { type } = kafkaCause(error);
  return (
    type === 'INVALID_PRODUCER_EPOCH' || type === 'PRODUCER_FENCED' || type === 'INVALID_PRODUCER_ID_MAPPING'
  );
}

/** This process is no longer, or not yet again, a member of its group: it has to join anew before it goes on. */
export function isRebalance(error: unknown): boolean {
  const { type } = kafkaCause(error);
  return (
    type === 'REBALANCE_IN_PROGRESS' ||
    type === 'ILLEGAL_GENERATION' ||
    type === 'UNKNOWN_MEMBER_ID' ||
    type === 'NOT_COORDINATOR_FOR_GROUP'
  );
}

const REFUSALS = /AUTHORIZATION_FAILED|SASL_AUTHENTICATION_FAILED|UNSUPPORTED_VERSION|POLICY_VIOLATION/;

/** An error of kafkajs as one of ours. Errors of ours pass unchanged. */
export function kafkaError(error: unknown, what: string): MillraceError {
  if (error instanceof MillraceError) return error;
  const cause = kafkaCause(error);
  const context = { type: cause.type ?? cause.name };
  if (cause.name === 'KafkaJSNotImplemented') {
    return new MillraceError(
      'TOPIC_UNREADABLE',
      `${what}: ${cause.message}. Records in this codec cannot be read; let its producer use gzip or none.`,
      { cause: error, context },
    );
  }
  if (REFUSALS.test(cause.type ?? '') || cause.name === 'KafkaJSSASLAuthenticationError') {
    return new MillraceError(
      'KAFKA_REFUSED',
      `${what}: Kafka refused (${cause.type ?? cause.name}): ${cause.message}. Check the user, its password and its rights.`,
      { cause: error, context },
    );
  }
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `${what}: ${cause.message} (${cause.type ?? cause.name}). It is repeated; see 'millrace stack status' if it lasts.`,
    { cause: error, context },
  );
}

import { MillraceError, messageOf } from '../errors.ts';

/** What Kafka itself said: kafkajs wraps it, sometimes more than once. */
export function kafkaCause(error: unknown): {
  name: string;
  type?: string;
  retriable?: boolean;
  /** Node's or TLS's own code. */
  code?: string;
  message: string;
} {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  const { name, type, retriable, code } = deepest as {
    name?: string;
    type?: string;
    retriable?: boolean;
    code?: unknown;
  };
  return {
    name: name ?? 'Error',
    message: messageOf(deepest),
    ...(type === undefined ? {} : { type }),
    ...(typeof code === 'string' ? { code } : {}),
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
      `${what}: Kafka refused (${cause.type ?? cause.name}): ${cause.message}. Check MILLRACE_KAFKA_SASL, MILLRACE_KAFKA_USERNAME and MILLRACE_KAFKA_PASSWORD, and the user's rights.`,
      { cause: error, context },
    );
  }
  if (/CERT|ALTNAME|SELF_SIGNED|VERIFY/.test(cause.code ?? '')) {
    return new MillraceError(
      'KAFKA_REFUSED',
      `${what}: Kafka's certificate cannot be trusted: ${cause.message} (${cause.code}). Set MILLRACE_KAFKA_CA to the file of the authority that signed it.`,
      { cause: error, context },
    );
  }
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `${what}: ${cause.message} (${cause.type ?? cause.name}). Is it up ('millrace stack status')? A worker tries again by itself. A broker that wants TLS or a login just hangs up: MILLRACE_KAFKA_TLS, MILLRACE_KAFKA_SASL.`,
    { cause: error, context },
  );
}

import { MillraceError, messageOf } from '../../../errors.ts';
import { Fenced, Rebalancing } from '../port.ts';

/** What Kafka itself said. */
export interface Cause {
  name: string;
  /** Kafka's name of its error. */
  type?: string;
  retriable?: boolean;
  /** Node's or TLS's own code. */
  code?: string;
  message: string;
}

/** kafkajs wraps what Kafka said, sometimes more than once. */
export function kafkaCause(error: unknown): Cause {
  const deepest = innermost(error);
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

/** Of several that failed in one request, the first is told. */
function innermost(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const [first] = 'errors' in error && Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
  if (first !== undefined) return innermost(first);
  return error.cause instanceof Error ? innermost(error.cause) : error;
}

const FENCED = /^(INVALID_PRODUCER_EPOCH|PRODUCER_FENCED|INVALID_PRODUCER_ID_MAPPING)$/;
const REBALANCING =
  /^(REBALANCE_IN_PROGRESS|ILLEGAL_GENERATION|UNKNOWN_MEMBER_ID|NOT_COORDINATOR_FOR_GROUP)$/;
const REFUSED = /AUTHORIZATION_FAILED|SASL_AUTHENTICATION_FAILED|UNSUPPORTED_VERSION|POLICY_VIOLATION/;
const TOO_LARGE = /^(MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE)$/;
const INVALID = /^(INVALID_CONFIG|INVALID_PARTITIONS|INVALID_TOPIC_EXCEPTION|INVALID_REQUEST)$/;

/** An error of kafkajs as one of the port's. Errors of ours pass unchanged. */
export function kafkaError(error: unknown, what: string): MillraceError {
  if (error instanceof MillraceError) return error;
  const cause = kafkaCause(error);
  const kind = cause.type ?? cause.name;
  const details = { cause: error, context: { type: kind } };
  const said = `${what}: ${cause.message} (${kind})`;
  if (FENCED.test(kind)) {
    return new Fenced('KAFKA_UNAVAILABLE', `${said}. The producer is opened anew.`, details);
  }
  if (REBALANCING.test(kind)) {
    return new Rebalancing('KAFKA_UNAVAILABLE', `${said}. This process joins its group anew.`, details);
  }
  if (cause.name === 'KafkaJSNotImplemented') {
    return new MillraceError(
      'TOPIC_UNREADABLE',
      `${what}: ${cause.message}. Records in this codec cannot be read; let its producer use gzip or none.`,
      details,
    );
  }
  if (REFUSED.test(kind) || cause.name === 'KafkaJSSASLAuthenticationError') {
    return new MillraceError(
      'KAFKA_REFUSED',
      `${what}: Kafka refused (${kind}): ${cause.message}. Check MILLRACE_KAFKA_SASL, MILLRACE_KAFKA_USERNAME and MILLRACE_KAFKA_PASSWORD, and the user's rights.`,
      details,
    );
  }
  if (TOO_LARGE.test(kind)) {
    return new MillraceError(
      'KAFKA_REFUSED',
      `${what}: the records are larger than the topic's max.message.bytes (${kind}). 'npx millrace apply' puts the setting back where it is ours.`,
      details,
    );
  }
  if (INVALID.test(kind)) {
    return new MillraceError('KAFKA_REFUSED', `${what}: Kafka refused (${kind}): ${cause.message}`, details);
  }
  if (/CERT|ALTNAME|SELF_SIGNED|VERIFY/.test(cause.code ?? '')) {
    return new MillraceError(
      'KAFKA_REFUSED',
      `${what}: Kafka's certificate cannot be trusted: ${cause.message} (${cause.code}). Set MILLRACE_KAFKA_CA to the file of the authority that signed it.`,
      details,
    );
  }
  return new MillraceError(
    'KAFKA_UNAVAILABLE',
    `${said}. Is it up ('npx millrace stack status')? A worker tries again by itself. A broker that wants TLS or a login just hangs up: MILLRACE_KAFKA_TLS, MILLRACE_KAFKA_SASL.`,
    details,
  );
}

/** Does some work of kafkajs; its errors leave as the port's. */
export async function translated<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw kafkaError(error, what);
  }
}

/** What kafkajs itself had thrown, where this error of the port came from there: it knows how to answer its own. */
export function untranslated(error: unknown): unknown {
  return error instanceof MillraceError && error.cause instanceof Error ? error.cause : error;
}

import { type KafkaConfig, type LogEntry, type SASLOptions, logLevel } from 'kafkajs';
import type { Config } from '../../../config.ts';
import type { Log } from '../../../log.ts';

/** Said by kafkajs at every back-to-back transaction or planned shutdown, and by us where it matters. */
const ROUTINE = [
  'while another concurrent operation on the same transaction was ongoing',
  'The group is rebalancing, re-joining',
  'The coordinator is loading',
  'The coordinator is not available',
  'The group coordinator is not available',
  'This is not the correct coordinator',
  'Connection error: ',
  'Connection timeout',
  'Response Heartbeat',
  'Response JoinGroup',
  'Response SyncGroup',
  'Failed to connect to seed broker',
];

/**
 * What every connection to the cluster shares.
 *
 * @param shift which broker of the list is asked first: kafkajs always starts at the head, so that a client
 *   without retries of its own would never try the second
 */
export function kafkaConfig(config: Config['kafka'], clientId: string, log: Log, shift = 0): KafkaConfig {
  const head = shift % config.brokers.length;
  return {
    clientId,
    brokers: [...config.brokers.slice(head), ...config.brokers.slice(0, head)],
    ...(config.tls ? { ssl: config.tls.ca === undefined ? true : { ca: [config.tls.ca] } } : {}),
    ...(config.sasl ? { sasl: config.sasl as SASLOptions } : {}),
    connectionTimeout: 3_000,
    authenticationTimeout: 10_000,
    requestTimeout: 15_000,
    // 300 ms by default, which is what a partition would stand still between two transactions.
    retry: { initialRetryTime: 10, maxRetryTime: 1_000, retries: 10 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => forward(entry, log),
  };
}

/** kafkajs says ERROR of what it then repeats by itself: for us that is a warning, and errors are ours to raise. */
function forward({ namespace, log: { message, ...fields } }: LogEntry, log: Log): void {
  const texts = ['error', 'groupId', 'topic'].flatMap((name) => {
    const value: unknown = fields[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  if (
    ROUTINE.some((text) => [message, ...texts.map(([, value]) => value)].some((said) => said.includes(text)))
  )
    return;
  log.warn({ from: `kafkajs ${namespace}`, ...Object.fromEntries(texts) }, message);
}

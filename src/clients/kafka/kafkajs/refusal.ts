/** Kafka's codes that a topic's settings or its metadata are refused with. */
const REFUSALS: Record<number, string> = {
  17: 'INVALID_TOPIC_EXCEPTION',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  31: 'CLUSTER_AUTHORIZATION_FAILED',
  40: 'INVALID_CONFIG',
  42: 'INVALID_REQUEST',
  44: 'POLICY_VIOLATION',
};

/** @throws an error as kafkajs's own are, where Kafka's code says that it did not do it */
export function refuse(code: number, message: string): void {
  if (code === 0) return;
  const type = REFUSALS[code];
  throw Object.assign(new Error(message || `Kafka answered with error ${code}`), {
    type: type ?? `ERROR_${code}`,
    retriable: type === undefined,
  });
}

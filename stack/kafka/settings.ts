import type { Home } from '../home.ts';
import { homePaths } from '../home.ts';
import { LOOPBACK } from '../net.ts';

/** One node that is broker and controller: what holds wherever it runs. */
export const KAFKA_SETTINGS = {
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'inter.broker.listener.name': 'PLAINTEXT',
  'num.partitions': 4,
  'group.initial.rebalance.delay.ms': 0,
  // Minutes. A consumer that is away for longer would lose its counters with its position.
  'offsets.retention.minutes': 43_200,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
} as const;

export const KAFKA_HEAP = '512m';

/** The settings with this home's addresses and folder. */
export function kafkaProperties({ dir, ports }: Home) {
  const controller = `${LOOPBACK}:${ports.kafkaController}`;
  const broker = `PLAINTEXT://${LOOPBACK}:${ports.kafka}`;
  return {
    ...KAFKA_SETTINGS,
    'controller.quorum.voters': `${KAFKA_SETTINGS['node.id']}@${controller}`,
    listeners: `${broker},CONTROLLER://${controller}`,
    'advertised.listeners': broker,
    'log.dirs': homePaths(dir).state('kafka'),
  };
}

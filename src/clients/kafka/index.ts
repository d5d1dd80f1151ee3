/** The adapter in use: every other file sees Kafka through `port.ts`. */
export { createKafkaClient } from './kafkajs/client.ts';

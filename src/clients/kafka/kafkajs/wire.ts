import type { Kafka } from 'kafkajs';
import { type Shared, shared } from './shared.ts';

/** A request that kafkajs does not know, in Kafka's own bytes. */
export interface WireRequest<T> {
  apiKey: number;
  apiName: string;
  apiVersion: number;
  /** What follows the client's id. */
  body: Buffer;
  /** @param answer what follows the correlation id */
  read(answer: Buffer): T;
}

/** What is used here of a part of kafkajs that is not public; its version is pinned. */
export interface Wire {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  brokerPool: { seedBroker: { connectionPool: { getConnection(): Promise<Connection> } } };
}

interface Connection {
  send(protocol: { request: object; response: object; logResponseError: false }): Promise<unknown>;
}

/** One connection for such requests, with the client's settings and login, to the first broker that answers. */
export function sharedWire(kafka: Kafka): Shared<Wire> {
  return sharedCluster<Wire>(kafka, {});
}

/** A cluster of kafkajs, which is not public; its version is pinned. @param settings beside the client's own */
export function sharedCluster<C extends Pick<Wire, 'connect' | 'disconnect'>>(
  kafka: Kafka,
  settings: Readonly<Record<string, unknown>>,
): Shared<C> {
  const open = async () => {
    const cluster = makeCluster(kafka, settings) as C;
    await cluster.connect();
    return cluster;
  };
  return shared(open, (cluster) => cluster.disconnect());
}

export async function ask<T>(wire: Wire, request: WireRequest<T>): Promise<T> {
  const { apiKey, apiName, apiVersion, body, read } = request;
  // What kafkajs takes for an encoder of its own.
  const encode = async () => ({ buf: body, buffer: body });
  const response = {
    decode: async (answer: Buffer) => ({ answer }),
    parse: async ({ answer }: { answer: Buffer }) => read(answer),
  };
  const connection = await wire.brokerPool.seedBroker.connectionPool.getConnection();
  const answer = await connection.send({
    request: { apiKey, apiName, apiVersion, encode },
    response,
    logResponseError: false,
  });
  return answer as T;
}

function makeCluster(kafka: Kafka, settings: Readonly<Record<string, unknown>>): unknown {
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const create: unknown = key === undefined ? undefined : Reflect.get(kafka, key);
  if (typeof create !== 'function') throw new Error('this kafkajs does not make a cluster as 2.2.4 does');
  return (create as (options: object) => unknown)({ allowAutoTopicCreation: false, ...settings });
}

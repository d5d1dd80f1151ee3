import { seeded } from './seeded.ts';
import type { Message } from 'kafkajs';
import type { StreamDefinition } from '../../src/definition/definition.ts';

/** The stream that the tests of ingest share. */
export const CLICKS: StreamDefinition = {
  kind: 'stream',
  name: 'clicks',
  fields: [
    { name: 'id', type: 'text', nullable: false, optional: false },
    { name: 'at', type: 'timestamp', nullable: false, optional: false },
    { name: 'page', type: 'text', nullable: false, optional: false, max: 2_000 },
    { name: 'ms', type: 'number', nullable: true, optional: false },
  ],
  id: 'id',
  time: 'at',
  dedupeMs: 3_600_000,
  partitions: 4,
  version: 1,
};

/** What a raw event was made to be, written down before it is sent. */
export interface Planned {
  kind: 'clean' | 'dead' | 'duplicate';
  /** Of the event; of the event it repeats; of the malformed record (its key). */
  id: string;
  message: Message & { partition: number };
}

const HOUR_MS = 3_600_000;

/** Malformed in every way that has been seen to break consumers; each is a dead letter with this reason. */
export const POISON: readonly (readonly [reason: string, value: (id: string) => Buffer | string | null])[] = [
  ['VALUE_MISSING', () => null],
  ['JSON_INVALID', (id) => `{"id":"${id}","at":`],
  ['JSON_INVALID', (id) => `{"id":"${id}","at":"2026-01-01T00:00:00Z","page":"/","ms":NaN}`],
  ['JSON_INVALID', () => ''],
  [
    'UTF8_INVALID',
    (id) =>
      Buffer.concat([Buffer.from(`{"id":"${id}","page":"`), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
  ],
  [
    'KEY_FORBIDDEN',
    (id) => `{"id":"${id}","at":"2026-01-01T00:00:00Z","page":"/","ms":1,"__proto__":{"admin":true}}`,
  ],
  [
    'TOO_DEEP',
    (id) =>
      `{"id":"${id}","at":"2026-01-01T00:00:00Z","page":"/","ms":1,"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  ],
  ['FIELD_INVALID', (id) => `{"id":"${id}","at":"yesterday","page":"/","ms":1}`],
  ['FIELD_INVALID', (id) => `{"id":"${id}","at":"2026-01-01T00:00:00Z","page":"/","ms":1e400}`],
  ['FIELD_INVALID', () => '[]'],
  ['ID_INVALID', () => '{"id":"\\ud800","at":"2026-01-01T00:00:00Z","page":"/","ms":1}'],
];

/** A mix that a seed decides: about 1 % malformed, 2 % repeated, 5 % up to seven days late, the rest good. */
export function plannedClicks(count: number, seed: number, partitions: number, prefix = 'e'): Planned[] {
  const random = seeded(seed);
  const now = Date.now();
  const sent: Planned[] = [];
  for (let index = 0; index < count; index++) {
    const id = `${prefix}${index}`;
    const partition = Math.floor(random() * partitions);
    const dice = random();
    const earlier = dice < 0.03 ? sent[Math.floor(random() * sent.length)] : undefined;
    if (dice < 0.01) {
      const [, value] = POISON[Math.floor(random() * POISON.length)] ?? POISON[0]!;
      sent.push({ kind: 'dead', id, message: { partition, key: id, value: value(id) } });
    } else if (earlier?.kind === 'clean') {
      sent.push({ kind: 'duplicate', id: earlier.id, message: earlier.message });
    } else {
      const lateMs = dice < 0.08 ? random() * 168 * HOUR_MS : random() * 60_000;
      const event = { id, at: new Date(now - lateMs).toISOString(), page: '/x'.repeat(100), ms: index };
      sent.push({ kind: 'clean', id, message: { partition, key: id, value: JSON.stringify(event) } });
    }
  }
  return sent;
}

/** Where the quarter of an hour begins that a good event's time lies in, Unix ms. */
export function quarterOf(value: unknown): number {
  const { at } = JSON.parse(String(value)) as { at: string };
  return Math.floor(Date.parse(at) / 900_000) * 900_000;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { jsonVendor, type JsonVendor } from '../json-vendor.ts';
import { plainProducer } from '../plain-producer.ts';
import { SENSORS } from './definitions.ts';

const EVERY_MS = 250;
const PER_BATCH = 15;
const MINUTE_MS = 60_000;

export interface Event {
  id: string;
  at: string;
  shop: string;
  cents: number;
}

/** What a producer has sent, noted by itself once Kafka had it. */
export interface Sent {
  /** Good events by id; each counts once, however often it was sent. */
  good: Map<string, Event>;
  raw: number;
  dead: number;
  duplicate: number;
}

/** Sends events until it is stopped. */
export interface Producing {
  sent: Sent;
  /** Up to now. @throws why it ended before it was stopped */
  stop(): Promise<void>;
}

/**
 * Sends 60 events/s: about 1 % bad, 2 % sent before, 5 % up to ten minutes late, but never from before `beginMs`.
 * @param random decides what is sent
 */
export async function produce(
  brokers: string[],
  topic: string,
  beginMs: number,
  random: () => number,
): Promise<Producing> {
  const producer = await plainProducer(brokers, topic);
  const sent: Sent = { good: new Map(), raw: 0, dead: 0, duplicate: 0 };
  const latest: Event[] = [];
  let isStopped = false;
  let count = 0;
  const next = (): { event: object; note: () => void } => {
    const dice = random();
    const repeated = latest[Math.floor(random() * latest.length)];
    if (dice < 0.01) return { event: { id: `x${count++}`, at: 'yesterday' }, note: () => sent.dead++ };
    if (dice < 0.03 && repeated) return { event: repeated, note: () => sent.duplicate++ };
    const now = Date.now();
    const lateMs = dice < 0.08 ? random() * 10 * MINUTE_MS : 0;
    const at = new Date(Math.max(beginMs, now - lateMs)).toISOString();
    const event = { id: `e${count++}`, at, shop: `s${count % 3}`, cents: Math.floor(random() * 10_000) };
    return {
      event,
      note: () => {
        sent.good.set(event.id, event);
        latest.push(event);
        if (latest.length > 500) latest.shift();
      },
    };
  };
  const working = (async () => {
    while (!isStopped) {
      const batch = Array.from({ length: PER_BATCH }, next);
      await producer.send(batch.map(({ event }) => event));
      for (const { note } of batch) note();
      sent.raw += batch.length;
      await sleep(EVERY_MS);
    }
  })();
  // Who stops it hears of it.
  working.catch(() => undefined);
  return {
    sent,
    async stop() {
      isStopped = true;
      await working;
      await producer.close();
    },
  };
}

/** What the vendor says of one sensor in the minute that begins then. */
export function readingAt(minute: string, sensor: string): number {
  return ((Date.parse(minute) / MINUTE_MS) % 1_000) + SENSORS.indexOf(sensor) / 10;
}

/** An outside system that gives one sensor per page. */
export function readingsVendor(): Promise<JsonVendor> {
  return jsonVendor((url) => {
    const minute = url.searchParams.get('from') ?? '';
    const page = Number(url.searchParams.get('after') ?? 0);
    const sensor = SENSORS[page] ?? '';
    const next = page + 1 < SENSORS.length ? String(page + 1) : null;
    return { items: [{ minute, sensor, value: readingAt(minute, sensor) }], next };
  });
}

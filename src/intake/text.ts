import type { TaskFailure } from '../clients/druid-failures.ts';
import type { Gone } from './gone.ts';
import type { HeldUp, Hidden, Stands } from './held-up.ts';

/** Why Druid does not move in a partition of this clean topic, as a person reads it. */
export function heldUpText(topic: string, heldUp: HeldUp, nowMs: number = Date.now()): string {
  if (heldUp.kind === 'gone') return goneText(topic, heldUp);
  return heldUp.kind === 'hidden' ? hiddenText(topic, heldUp) : standsText(heldUp, nowMs);
}

/** Why Druid takes in nothing of a stream, as a person reads it. */
export function failureText({ taskId, why }: TaskFailure): string {
  return `Druid's tasks for it fail one after the other: ${why} (task ${taskId})`;
}

function goneText(topic: string, { partition, at, low, lostTo }: Gone): string {
  if (lostTo === undefined) {
    return `Kafka no longer has offset ${at} of partition ${partition} of ${topic}, at which Druid would read on; it begins at ${low}. Druid had read all events before it, so none is lost`;
  }
  if (lostTo - at === 1n) {
    return `Kafka has deleted offset ${at} of partition ${partition} of ${topic}, at which Druid would read on; it begins at ${low}. One offset is most likely the mark that ends a transaction, and no event`;
  }
  return `Kafka has deleted offsets ${at} to ${lostTo - 1n} of partition ${partition} of ${topic} (its retention is over, or somebody emptied the topic) before Druid had read them; it begins at ${low}. Druid does not go on by itself`;
}

function hiddenText(topic: string, { partition, at, written }: Hidden): string {
  return `partition ${partition} of ${topic} was written up to offset ${written}, and Kafka gives nothing from ${at} on: a transaction is open there, or Kafka has lost the last records`;
}

function standsText({ partition, at, offset, arrivedMs }: Stands, nowMs: number): string {
  const stands = `partition ${partition} stands at offset ${at ?? 'nobody knows which'}`;
  const arrived = `${new Date(arrivedMs).toISOString()}, ${Math.round((nowMs - arrivedMs) / 1_000)} s ago`;
  return `${stands}, and the event at offset ${offset} arrived ${arrived}`;
}

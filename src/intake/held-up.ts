import { goneIn, goneText } from './gone.ts';
import type { IntakeDeps, Part, Standing } from './standing.ts';
import { firstUnread, isBehind, type Unread } from './unread.ts';

/** A partition in which Druid does not move although it has something to read, or cannot begin. */
export interface HeldUp {
  partition: number;
  /** What it waits for, or what it lost, as a person reads it. */
  why: string;
}

/** A healthy Druid reads an event within a tenth of a second. */
const OVERDUE_MS = 20_000;
/** A new task needs some seconds for its start, on a busy machine more. */
const START_MS = 30_000;

/**
 * Of partitions in which Druid was not seen to move: those in which something holds it up. None of them does while
 * Druid has only just begun, or while what it has not read has only just arrived.
 */
export async function heldUpIn(
  { kafka, druid }: IntakeDeps,
  standing: Standing,
  parts: readonly Part[],
  nowMs: number = Date.now(),
): Promise<HeldUp[]> {
  const idle = standing.positions.tasks.length === 0;
  const found: HeldUp[] = [];
  const waiting: Part[] = [];
  for (const part of parts) {
    const [gone] = goneIn({ parts: [part] });
    if (gone !== undefined && (idle || gone.lostTo !== undefined)) {
      found.push({ partition: gone.partition, why: goneText(standing, gone) });
    } else if (isBehind(part)) {
      waiting.push(part);
    }
  }
  if (waiting.length === 0 || nowMs - (await druid.settledSince(standing.id)) < START_MS) return found;
  for (const part of waiting) {
    const unread = await firstUnread(kafka, standing, part);
    if (unread === undefined || nowMs - unread.arrivedMs < OVERDUE_MS) continue;
    found.push({ partition: part.partition, why: standsText(part, unread, nowMs) });
  }
  return found;
}

function standsText({ partition, at }: Part, { offset, arrivedMs }: Unread, nowMs: number): string {
  const stands = `partition ${partition} stands at offset ${at ?? 'nobody knows which'}`;
  const arrived = `${new Date(arrivedMs).toISOString()}, ${Math.round((nowMs - arrivedMs) / 1_000)} s ago`;
  return `${stands}, and the event at offset ${offset} arrived ${arrived}`;
}

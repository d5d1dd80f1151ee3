import type { Catalogue, SlotOffset } from '../store/catalogue.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Owned, Recorded } from '../targets/target.ts';
import type { DesiredSchedule } from './desired.ts';
import { leftOut, type FormerOffset, type LeftOut } from './left-out.ts';
import type { LiveSchedule } from './live.ts';

/** The parts of our store that say which slots there were, and what of them is loaded. */
export interface Store {
  catalogue: Pick<Catalogue, 'slotOffsets'>;
  ledger: Pick<Ledger, 'loadedStarts'>;
}

/**
 * By which offset a table's intervals had their slots. Temporal does not tell: the times at which an hourly table is due
 * are the same by one hour as by six.
 */
export interface OffsetBefore {
  /** Of the record and the catalogue: the one that is to be changed. */
  comparedMs: number;
  former: FormerOffset;
  /** What the change leaves to no slot. */
  leftOut?: LeftOut;
}

/** What the store says of the offsets of schedules that are there, by the schedule's id. Of what has no record, nothing. */
export async function offsetsBefore(
  { catalogue, ledger }: Store,
  live: ReadonlyMap<string, LiveSchedule>,
  desired: readonly DesiredSchedule[],
  owned: Owned,
): Promise<Map<string, OffsetBefore>> {
  const known = desired.filter(({ object }) => live.has(object) && owned.has(object));
  const applied = known.length > 0 ? await catalogue.slotOffsets() : new Map<string, SlotOffset>();
  const before = new Map<string, OffsetBefore>();
  for (const { object, table, now } of known) {
    const offset = offsetBefore(owned.get(object), applied.get(table.name), table.offsetMs, now);
    if (offset === undefined) continue;
    const left = await leftOut(ledger, table, offset.former, now);
    before.set(object, { ...offset, ...(left === undefined ? {} : { leftOut: left }) });
  }
  return before;
}

/**
 * apply writes the schedule's record last, so the record holds the last offset that apply finished. If the catalogue
 * holds another, an apply was killed in between, and runs have used the catalogue's since. The greater of the two skips
 * nothing.
 */
function offsetBefore(
  recorded: Recorded | undefined,
  applied: SlotOffset | undefined,
  wantedMs: number,
  now: Date,
): OffsetBefore | undefined {
  // Earlier versions recorded none.
  const finishedMs = recorded?.made?.fields['offsetMs'] ?? applied?.offsetMs;
  if (typeof finishedMs !== 'number') return undefined;
  if (applied === undefined || applied.offsetMs === finishedMs) {
    return { comparedMs: finishedMs, former: { offsetMs: finishedMs, until: now } };
  }
  const former = { offsetMs: Math.max(finishedMs, applied.offsetMs), until: new Date(applied.since) };
  return { comparedMs: applied.offsetMs === wantedMs ? finishedMs : applied.offsetMs, former };
}

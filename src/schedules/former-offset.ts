import type { Catalogue } from '../store/catalogue.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Owned, Recorded } from '../targets/target.ts';
import type { DesiredSchedule } from './desired.ts';
import { leftOut, type FormerOffset } from './left-out.ts';
import type { LiveSchedule } from './live.ts';

/** The parts of our store that say which slots there were, and what of them is loaded. */
export interface Store {
  catalogue: Pick<Catalogue, 'offsets'>;
  ledger: Pick<Ledger, 'loadedStarts'>;
}

/**
 * Adds to each schedule the offset that its table had, and what a smaller one leaves out. Temporal does not tell: the
 * times at which an hourly table is due are the same by one hour as by six.
 */
export async function withFormerOffsets(
  { catalogue, ledger }: Store,
  live: ReadonlyMap<string, LiveSchedule>,
  desired: readonly DesiredSchedule[],
  owned: Owned,
): Promise<ReadonlyMap<string, LiveSchedule>> {
  const isKnown = desired.some(({ object }) => live.has(object) && owned.has(object));
  const applied = isKnown ? await catalogue.offsets() : new Map<string, Applied>();
  const whole = new Map(live);
  for (const { object, table, now } of desired) {
    const schedule = live.get(object);
    if (schedule === undefined) continue;
    const before = formerOffset(owned.get(object), applied.get(table.name), now);
    const former = before ?? { offsetMs: table.offsetMs, until: now };
    const gaps = former.offsetMs > table.offsetMs ? await leftOut(ledger, table, former, now) : undefined;
    const fields = { ...schedule.fields, offsetMs: former.offsetMs };
    whole.set(object, { ...schedule, fields, former, ...(gaps === undefined ? {} : { gaps }) });
  }
  return whole;
}

type Applied = { offsetMs: number; since: string };

/**
 * By which offset the intervals had their slots until now.
 *
 * The record of the schedule says for which one apply has seen to it that none is left out. It is written last: where
 * the catalogue says another one, an apply was cut in between, and since then runs go by that. Of the two the greater one
 * leaves nothing out.
 */
function formerOffset(
  recorded: Recorded | undefined,
  applied: Applied | undefined,
  now: Date,
): FormerOffset | undefined {
  if (recorded === undefined) return undefined;
  // Earlier versions recorded none.
  const seenToMs = recorded.made?.fields['offsetMs'] ?? applied?.offsetMs;
  if (typeof seenToMs !== 'number') return undefined;
  return applied === undefined || applied.offsetMs === seenToMs
    ? { offsetMs: seenToMs, until: now }
    : { offsetMs: Math.max(seenToMs, applied.offsetMs), until: new Date(applied.since) };
}

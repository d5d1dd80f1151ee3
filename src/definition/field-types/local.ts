import { IANAZone } from 'luxon';
import type { z } from 'zod';
import { zoneProblem } from '../zone.ts';
import type { FieldFacts } from './field-facts.ts';
import { instantText } from './instant.ts';
import { judged } from './judged.ts';
import type { TypeMeaning } from './meaning.ts';
import { ownType, saidByOwn } from './own.ts';
import { timestamp } from './timestamp.ts';
import { microsecondsOf } from './unix.ts';

/**
 * An instant that the source sends as the clock of a zone showed it: `2026-01-31T05:00:00`, `2026-01-31 05:00`, or a date,
 * which means the beginning of that day. It is kept as a timestamp in UTC.
 *
 * A time that the clock showed twice, when summer time ended, means the first of the two. One that it skipped, when summer
 * time began, means as much later as it skipped: 02:30 becomes 03:30. Java, Temporal of JavaScript and PostgreSQL decide so.
 *
 * @param zone an IANA name such as `'Europe/Berlin'`
 * @param options `precision: 6` keeps microseconds; milliseconds unless told
 */
export function localType(zone: string, options?: { precision: 6 }): z.ZodType<string> {
  const facts = { zone, ...microsecondsOf(options) };
  return ownType({ type: 'local', facts, problem: zoneProblem('t.local', zone) });
}

/** An instant that the source sends as the clock of a zone showed it. */
export const local: TypeMeaning<'local'> = {
  ...timestamp,
  name: 'local',
  zod: { calls: ["t.local('Europe/Berlin')"], ...saidByOwn('local') },
  isOnWire: true,
  judge: (field) => {
    const zone = IANAZone.create(zoneIn(field));
    return judged((value) => instantOf(value, zone));
  },
  guess: ({ values }) =>
    values.every((value) => /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(String(value)))
      ? "t.local('Europe/Berlin')"
      : undefined,
  expects: (field) => `a time of ${zoneIn(field)} such as '2026-01-31T05:00:00', or a date`,
  druid: { ...timestamp.druid, answers: /^(VARCHAR|CHAR)/ },
};

function zoneIn({ zone = 'UTC' }: FieldFacts): string {
  return zone;
}

const LOCAL = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?$/;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

function instantOf(value: unknown, zone: IANAZone): string | undefined {
  const [, date, time = '00:00', seconds = '00', fraction = ''] = LOCAL.exec(String(value)) ?? [];
  if (date === undefined || typeof value !== 'string') return undefined;
  const written = `${date}T${time}:${seconds}`;
  const asUtcMs = Date.parse(`${written}Z`);
  // The 31st of February, and hour 24, are other days to Date.
  if (Number.isNaN(asUtcMs) || new Date(asUtcMs).toISOString().slice(0, 19) !== written) return undefined;
  return instantText(resolved(asUtcMs, zone), fraction);
}

/** @param asUtcMs what the clock showed, as if it were UTC's */
function resolved(asUtcMs: number, zone: IANAZone): number {
  const dayMs = Math.floor(asUtcMs / DAY_MS) * DAY_MS;
  const before = offsetMs(zone, dayMs - DAY_MS);
  const after = offsetMs(zone, dayMs + 2 * DAY_MS);
  if (before === after) return asUtcMs - before;
  const found = [before, after].map((offset) => asUtcMs - offset).sort((a, b) => a - b);
  const shown = found.find((unixMs) => unixMs + zone.offset(unixMs) * MINUTE_MS === asUtcMs);
  return shown ?? asUtcMs - before;
}

/** Asking the zone database takes 20 µs, and the rows of a load lie within a few days. */
const known = new Map<string, number>();
const MAX_KNOWN = 5_000;

/** How far the zone's clock is ahead of UTC at the beginning of a day. */
function offsetMs(zone: IANAZone, unixMs: number): number {
  const key = `${zone.name} ${unixMs}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const offset = zone.offset(unixMs) * MINUTE_MS;
  known.set(key, offset);
  return offset;
}

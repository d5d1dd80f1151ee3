const UNIT_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Examples for messages: the one way to write a duration. */
export const DURATION_EXAMPLES = "'90 seconds', '1 hour' or '2 days'";

/** A span of time as text, a whole number, a blank and a unit: `'90 seconds'`, `'1 hour'`, `'15 minutes'`, `'2 days'`. */
export type Duration =
  `1 ${'second' | 'minute' | 'hour' | 'day'}` | `${number} ${'seconds' | 'minutes' | 'hours' | 'days'}`;

/** Milliseconds of `'90 seconds'`, `'1 hour'`, `'2 days'`; undefined for any other spelling. Zero has none. */
export function durationMs(text: string): number | undefined {
  const match = /^([1-9]\d{0,6}) (second|minute|hour|day)(s?)$/.exec(text);
  if (match === null) return undefined;
  const count = Number(match[1]);
  if ((count === 1) !== (match[3] === '')) return undefined;
  return count * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** The inverse, in the largest unit that leaves a whole number: `7 minutes`; `1500 ms` where no unit does, `0`. */
export function durationText(ms: number): string {
  if (ms === 0) return '0';
  const units = Object.entries(UNIT_MS).toReversed();
  const found = units.find(([, unitMs]) => ms % unitMs === 0);
  if (found === undefined) return `${ms} ms`;
  const [unit, unitMs] = found;
  const count = ms / unitMs;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const UNIT_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** Examples for messages: the one way to write a duration. */
export const DURATION_EXAMPLES = "'90 seconds', '1 hour' or '2 days'";

/** A span of time as text: a whole number, a blank, a unit. */
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

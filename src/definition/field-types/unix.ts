import type { z } from 'zod';
import { digitsOf } from './decimal-text.ts';
import { instantText } from './instant.ts';
import { judged } from './judged.ts';
import type { TypeMeaning } from './meaning.ts';
import { ownType, saidByOwn } from './own.ts';
import { timestamp } from './timestamp.ts';

/**
 * An instant that the source sends as seconds since 1970, as a number or a text of digits, with a fraction or without.
 * It is kept as a timestamp.
 *
 * @param options `precision: 6` keeps microseconds; milliseconds unless told
 */
export function unixType(options?: { precision: 6 }): z.ZodType<string> {
  return ownType({ type: 'unix', facts: microsecondsOf(options) });
}

/** The same in milliseconds since 1970. */
export function unixMsType(options?: { precision: 6 }): z.ZodType<string> {
  return ownType({ type: 'unixMs', facts: microsecondsOf(options) });
}

/** The fact of a timestamp that keeps microseconds. */
export function microsecondsOf(options: { precision: 6 } | undefined): { microseconds?: true } {
  return options?.precision === 6 ? { microseconds: true } : {};
}

/** An instant that the source sends as seconds since 1970. */
export const unix: TypeMeaning<'unix'> = sinceEpoch('unix', 'a Unix time in seconds', 0);

/** An instant that the source sends as milliseconds since 1970. */
export const unixMs: TypeMeaning<'unixMs'> = sinceEpoch('unixMs', 'a Unix time in milliseconds', 3);

/** @param shift how many digits of the unit belong behind the point of a second */
function sinceEpoch<Name extends 'unix' | 'unixMs'>(
  name: Name,
  expected: string,
  shift: number,
): TypeMeaning<Name> {
  return {
    ...timestamp,
    name,
    zod: { calls: [`t.${name}()`], ...saidByOwn(name) },
    isOnWire: true,
    isExact: true,
    judge: () => judged((value) => instantOf(value, shift)),
    guess: ({ values, place }) =>
      NAMED_AS_TIME.test(place) && values.every((value) => isRecent(value, 10 ** shift))
        ? `t.${name}()`
        : undefined,
    expects: () => expected,
    druid: { ...timestamp.druid, answers: /^(BIGINT|INTEGER|DOUBLE|FLOAT|DECIMAL)/ },
  };
}

/** 9999-12-31 has 12 digits of seconds. */
const MAX_DIGITS = 20;

function instantOf(value: unknown, shift: number): string | undefined {
  const digits = digitsOf(value);
  if (digits === undefined || digits.whole.length > MAX_DIGITS) return undefined;
  const whole = digits.whole.padStart(shift, '0');
  const at = whole.length - shift;
  const seconds = Number(whole.slice(0, at) || '0');
  const fraction = (whole.slice(at) + digits.fraction).slice(0, 9).padEnd(9, '0');
  if (!digits.isNegative) return instantText(seconds * 1_000, fraction);
  // Before 1970 the seconds count backwards, and the clock goes on forwards.
  const isWhole = Number(fraction) === 0;
  const forwards = isWhole ? '' : String(1_000_000_000 - Number(fraction)).padStart(9, '0');
  return instantText((isWhole ? -seconds : -seconds - 1) * 1_000, forwards);
}

const NAMED_AS_TIME =
  /(^|[._])(at|ts|time|timestamp|created|updated|modified|date)$|(At|Time|Date|Timestamp)$/;

/** From 2001 to 2096: smaller numbers are mostly something else. */
function isRecent(value: unknown, perSecond: number): boolean {
  return Number.isInteger(value) && Number(value) > 1e9 * perSecond && Number(value) < 4e9 * perSecond;
}

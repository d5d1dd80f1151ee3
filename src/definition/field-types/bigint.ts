import type { z } from 'zod';
import { digitsOf } from './decimal-text.ts';
import { judged } from './judged.ts';
import type { TypeMeaning } from './meaning.ts';
import { ownType, saidByOwn } from './own.ts';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** A whole number of 64 bits, -2^63 to 2^63-1, exactly. The source may send a number or a text of digits. */
export function bigintType(): z.ZodType<string> {
  return ownType({ type: 'bigint', facts: {} });
}

/** A whole number of 64 bits, which may be larger than JavaScript holds exactly. */
export const bigint: TypeMeaning<'bigint'> = {
  name: 'bigint',
  zod: { calls: ['t.bigint()'], ...saidByOwn('bigint') },
  isExact: true,
  judge: () => judged(bigintOf),
  guess: ({ values }) => (values.every(isWhole) && values.some(isLong) ? 't.bigint()' : undefined),
  expects: () => 'a whole number from -2^63 to 2^63-1',
  mariadb: {
    column: () => 'bigint(20)',
    cast: 'SIGNED',
    stored: (value) => (typeof value === 'string' ? value : undefined),
  },
  druid: { sql: 'BIGINT', dimension: 'long', answers: /^(BIGINT|INTEGER|SMALLINT|TINYINT|VARCHAR)/ },
  roles: { key: true, eventId: true, count: true },
};

function bigintOf(value: unknown): string | undefined {
  const digits = digitsOf(value);
  if (digits === undefined || digits.fraction !== '') return undefined;
  const number = BigInt(`${digits.isNegative ? '-' : ''}${digits.whole || '0'}`);
  return number < MIN || number > MAX ? undefined : String(number);
}

/** Digits in a text are a number where they are too many for a code that people read. */
function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return /^-?[1-9]\d{15,18}$/.test(value);
  return bigintOf(value) !== undefined;
}

function isLong(value: unknown): boolean {
  return !Number.isSafeInteger(value);
}

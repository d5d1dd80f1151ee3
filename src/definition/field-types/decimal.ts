import type { z } from 'zod';
import { shown } from '../../wording.ts';
import { digitsOf } from './decimal-text.ts';
import type { FieldFacts } from './field-facts.ts';
import { judged } from './judged.ts';
import type { TypeMeaning } from './meaning.ts';
import { ownType, saidByOwn } from './own.ts';

/** MariaDB's most. */
const MAX_PRECISION = 65;
const MAX_SCALE = 38;

/**
 * An exact number, as money is: `precision` digits, `scale` of them behind the point. The source may send a number or a text
 * of digits; one that would have to be rounded is refused.
 *
 * @param precision all digits, 1 to 65
 * @param scale digits behind the point, 0 to 38
 */
export function decimalType(precision: number, scale: number): z.ZodType<string> {
  return ownType({ type: 'decimal', facts: { precision, scale }, problem: problemOf(precision, scale) });
}

function problemOf(precision: unknown, scale: unknown): string | undefined {
  const given = `t.decimal(${shown(precision)}, ${shown(scale)})`;
  if (isWithin(precision, 1, MAX_PRECISION) && isWithin(scale, 0, Math.min(MAX_SCALE, precision)))
    return undefined;
  return `${given}: give all digits, 1 to 65, then those behind the point, at most 38 and no more than all, such as t.decimal(12, 2).`;
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

/** An exact number of so many digits, so many of them behind the point: money. */
export const decimal: TypeMeaning<'decimal'> = {
  name: 'decimal',
  zod: { calls: ['t.decimal(12, 2)'], ...saidByOwn('decimal') },
  isExact: true,
  judge: (field) => judged((value) => decimalOf(value, digitsIn(field))),
  guess: ({ values }) =>
    values.every((value) => typeof value === 'string' && /^-?\d+\.\d+$/.test(value))
      ? callFor(values.map(String))
      : undefined,
  expects: (field) => {
    const { precision, scale } = digitsIn(field);
    return `a number of at most ${precision - scale} digits and ${scale} behind the point`;
  },
  mariadb: {
    column: (field) => `decimal(${digitsIn(field).precision},${digitsIn(field).scale})`,
    cast: 'DECIMAL(65,10)',
    stored: (value) => (typeof value === 'string' ? value : undefined),
  },
  // Druid counts in doubles alone. As text it keeps every digit.
  druid: {
    sql: 'VARCHAR',
    dimension: 'string',
    answers: /^(VARCHAR|CHAR|DOUBLE|FLOAT|REAL|DECIMAL|BIGINT|INTEGER|SMALLINT|TINYINT)/,
  },
  roles: { key: true },
};

function digitsIn({ precision = MAX_PRECISION, scale = 10 }: FieldFacts): {
  precision: number;
  scale: number;
} {
  return { precision, scale };
}

/** With all digits behind the point: equal numbers are equal texts. */
function decimalOf(value: unknown, { precision, scale }: { precision: number; scale: number }) {
  const digits = digitsOf(value);
  if (digits === undefined) return undefined;
  const { isNegative, whole, fraction } = digits;
  if (fraction.length > scale || whole.length > precision - scale) return undefined;
  const text = scale === 0 ? whole || '0' : `${whole || '0'}.${fraction.padEnd(scale, '0')}`;
  return isNegative ? `-${text}` : text;
}

/** With room for what is ten thousand times as large. */
function callFor(values: readonly string[]): string {
  const whole = Math.max(...values.map((value) => digitsOf(value)?.whole.length ?? 0));
  const scale = Math.max(...values.map((value) => value.split('.')[1]?.length ?? 0));
  return `t.decimal(${Math.min(MAX_PRECISION, whole + 4 + scale)}, ${Math.min(MAX_SCALE, scale)})`;
}

import { z } from 'zod';
import { ExactNumber } from '../../exact-number.ts';
import { digitsOf } from './decimal-text.ts';
import { bounded, withLimits } from './limits.ts';
import type { TypeMeaning } from './meaning.ts';
import { isWhole, readChecks } from './zod-checks.ts';

/** A number with a fraction, in double precision. */
export const number: TypeMeaning<'number'> = {
  name: 'number',
  zod: {
    calls: ['z.number()'],
    isSaidBy: ({ type, format, checks = [] }) =>
      type === 'number' && format === undefined && !checks.some(isWhole),
    read: readChecks,
  },
  judge: (field) => bounded(z.number(), field),
  fromText: (text) => (digitsOf(text) === undefined ? undefined : Number(text)),
  guess: ({ values }) =>
    values.every(isNumber) && !values.every((value) => Number.isInteger(Number(value)))
      ? 'z.number()'
      : undefined,
  expects: (field) => withLimits('a number', field),
  mariadb: {
    column: () => 'double',
    cast: 'DOUBLE',
    stored: (value) => (typeof value === 'number' ? value : undefined),
  },
  druid: {
    sql: 'DOUBLE',
    dimension: 'double',
    answers: /^(DOUBLE|FLOAT|REAL|DECIMAL|BIGINT|INTEGER|SMALLINT|TINYINT)/,
  },
  roles: { key: true },
};

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || value instanceof ExactNumber;
}

import { z } from 'zod';
import { bounded, withLimits } from './limits.ts';
import type { TypeMeaning } from './meaning.ts';
import { isWhole, readChecks } from './zod-checks.ts';

/** A whole number that JavaScript holds exactly: up to 2^53 either way. */
export const integer: TypeMeaning<'integer'> = {
  name: 'integer',
  zod: {
    calls: ['z.int()'],
    isSaidBy: ({ type, format, checks = [] }) =>
      type === 'number' && (format === 'safeint' || (format === undefined && checks.some(isWhole))),
    read: readChecks,
  },
  judge: (field) => bounded(z.int(), field),
  fromText: (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined),
  guess: ({ values, isText }) =>
    values.every((value) => Number.isSafeInteger(isText ? wholeIn(value) : value)) ? 'z.int()' : undefined,
  expects: (field) => withLimits('a whole number', field),
  mariadb: {
    column: () => 'bigint(20)',
    cast: 'SIGNED',
    stored: (value) => (typeof value === 'number' ? value : undefined),
  },
  druid: { sql: 'BIGINT', dimension: 'long', answers: /^(BIGINT|INTEGER|SMALLINT|TINYINT)/ },
  roles: { key: true, eventId: true, count: true },
};

/** One with a zero before it is a code: it would lose the zero. */
function wholeIn(value: unknown): number | undefined {
  return typeof value === 'string' && /^-?(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : undefined;
}

import { z } from 'zod';
import type { FieldFacts } from './field-facts.ts';
import { isStorable } from './instant.ts';
import type { TypeMeaning } from './meaning.ts';
import { refuseChecks } from './zod-checks.ts';
import type { Complain, ZodDef } from './zod-def.ts';

/** An instant: RFC 3339 with `Z`, or with an offset where the schema allows it (`+02:00`, `+0200`, `+02`). Kept in UTC. */
export const timestamp: TypeMeaning<'timestamp'> = {
  name: 'timestamp',
  zod: {
    calls: ['z.iso.datetime()'],
    isSaidBy: ({ type, format }) => type === 'string' && format === 'datetime',
    read: readTimestamp,
  },
  judge: (field) => (field.offset ? withOffset() : z.iso.datetime().refine(isInReach)),
  guess: ({ values }) => FORMS.find(({ form }) => values.every((value) => form.test(String(value))))?.call,
  expects: () => "a timestamp such as '2026-01-31T05:00:00Z'",
  mariadb: {
    column: (field) => `datetime(${digitsOf(field)})`,
    cast: 'DATETIME(6)',
    stored: (value, field) => (typeof value === 'string' ? utcText(value, digitsOf(field)) : undefined),
  },
  druid: { sql: 'VARCHAR', dimension: 'string', answers: /^(TIMESTAMP|VARCHAR|CHAR)/ },
  roles: {
    key: true,
    eventTime: true,
    rowTime: { calendars: 'all', bound: (instant) => instant.slice(0, 19).replace('T', ' ') },
  },
};

function readTimestamp(def: ZodDef, field: FieldFacts, complain: Complain): void {
  if (def.offset) field.offset = true;
  if (def.local) complain('local: true allows times without a zone, which name no instant; leave it out.');
  if (def.precision === MICROSECONDS) field.microseconds = true;
  else if (typeof def.precision === 'number')
    complain(`precision: ${def.precision} is not kept; write 6, or leave it out.`);
  refuseChecks(def, complain);
}

/** Of a second, in digits. */
const MILLISECONDS = 3;
const MICROSECONDS = 6;

function digitsOf({ microseconds }: FieldFacts): number {
  return microseconds ? MICROSECONDS : MILLISECONDS;
}

/** In the one form that RFC 3339 has for an offset. ISO 8601, and with it many a program, has two more. */
function withOffset(): z.ZodType<string> {
  return z
    .string()
    .transform((text) =>
      text.replace(/(T.*[+-]\d\d)(\d\d)?$/, (_, start, minutes = '00') => `${start}:${minutes}`),
    )
    .pipe(z.iso.datetime({ offset: true }).refine(isInReach));
}

/** Finer than the column is cut. */
function utcText(text: string, digits: number): string {
  // Nearly all are in UTC and have their seconds: they are written as they came.
  if (text.endsWith('Z') && text[16] === ':') {
    const fraction = text[19] === '.' ? text.slice(20, Math.min(20 + digits, text.length - 1)) : '';
    return `${text.slice(0, 10)} ${text.slice(11, 19)}.${fraction.padEnd(digits, '0')}`;
  }
  const [, fraction = ''] = /\.(\d+)/.exec(text) ?? [];
  const seconds = new Date(text).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}.${fraction.slice(0, digits).padEnd(digits, '0')}`;
}

function isInReach(text: string): boolean {
  // Most instants are told by their year alone, which spares the parsing.
  return (text >= '1001' && text < '9999') || isStorable(Date.parse(text));
}

const FORMS = [
  { form: /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/, call: 'z.iso.datetime()' },
  { form: /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/, call: 'z.iso.datetime({ precision: 6 })' },
  {
    form: /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/,
    call: 'z.iso.datetime({ offset: true })',
  },
];

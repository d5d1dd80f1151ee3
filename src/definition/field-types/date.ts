import { z } from 'zod';
import type { TypeMeaning } from './meaning.ts';
import { refuseChecks } from './zod-checks.ts';

/** The first date that MariaDB's DATE holds; the last one, 9999-12-31, is the last that four digits write. */
const EARLIEST = '1000-01-01';

/** A day of the calendar, without a time. As the time of a row it is the day in UTC. */
export const date: TypeMeaning<'date'> = {
  name: 'date',
  zod: {
    calls: ['z.iso.date()'],
    isSaidBy: ({ type, format }) => type === 'string' && format === 'date',
    read: (def, _field, complain) => refuseChecks(def, complain),
  },
  judge: () => z.iso.date().refine((day) => day >= EARLIEST),
  guess: ({ values }) =>
    values.every((value) => /^\d{4}-\d\d-\d\d$/.test(String(value))) ? 'z.iso.date()' : undefined,
  expects: () => "a date such as '2026-01-31'",
  mariadb: {
    column: () => 'date',
    cast: 'DATE',
    stored: (value) => (typeof value === 'string' ? value : undefined),
  },
  druid: { sql: 'VARCHAR', dimension: 'string', answers: /^DATE/ },
  roles: {
    key: true,
    // A date is midnight UTC. In another calendar it would fall into the day before, or into one hour of the day.
    rowTime: { calendars: 'days in UTC', bound: (instant) => instant.slice(0, 10) },
  },
};

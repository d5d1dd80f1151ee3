import { z } from 'zod';
import type { FieldFacts } from './field-facts.ts';
import type { TypeMeaning } from './meaning.ts';
import { refuseChecks } from './zod-checks.ts';
import type { Complain, ZodDef } from './zod-def.ts';

/** MariaDB's DATETIME reaches from year 1000 to 9999, in UTC. */
const EARLIEST_MS = Date.parse('1000-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** An instant: RFC 3339 with `Z`, or with an offset where the schema allows it. MariaDB keeps it in UTC, to the ms. */
export const timestamp: TypeMeaning<'timestamp'> = {
  name: 'timestamp',
  zod: {
    calls: ['z.iso.datetime()'],
    isSaidBy: ({ type, format }) => type === 'string' && format === 'datetime',
    read: readTimestamp,
  },
  judge: (field) => z.iso.datetime({ offset: field.offset ?? false }).refine(isStorable),
  expects: () => "a timestamp such as '2026-01-31T05:00:00Z'",
  mariadb: {
    column: () => 'datetime(3)',
    cast: 'DATETIME(3)',
    stored: (value) =>
      typeof value === 'string' ? new Date(value).toISOString().slice(0, 23).replace('T', ' ') : undefined,
  },
  druid: { sql: 'VARCHAR', dimension: 'string', answers: /^TIMESTAMP/ },
  roles: {
    key: true,
    eventTime: true,
    rowTime: { calendars: 'all', bound: (instant) => instant.slice(0, 19).replace('T', ' ') },
  },
};

function readTimestamp(def: ZodDef, field: FieldFacts, complain: Complain): void {
  if (def.offset) field.offset = true;
  if (def.local) complain('local: true allows times without a zone, which name no instant; leave it out.');
  if (typeof def.precision === 'number') complain(`precision: ${def.precision} is not kept; leave it out.`);
  refuseChecks(def, complain);
}

function isStorable(text: string): boolean {
  // Most instants are told by their year alone, which spares the parsing.
  if (text >= '1001' && text < '9999') return true;
  const ms = Date.parse(text);
  return ms >= EARLIEST_MS && ms <= LATEST_MS;
}

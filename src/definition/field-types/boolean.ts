import { z } from 'zod';
import type { TypeMeaning } from './meaning.ts';
import { refuseChecks } from './zod-checks.ts';

/** True or false. */
export const boolean: TypeMeaning<'boolean'> = {
  name: 'boolean',
  zod: {
    calls: ['z.boolean()'],
    isSaidBy: ({ type }) => type === 'boolean',
    read: (def, _field, complain) => refuseChecks(def, complain),
  },
  judge: () => z.boolean(),
  fromText: (text) => WORDS[text.toLowerCase()],
  guess: ({ values }) => (values.every((value) => typeof value === 'boolean') ? 'z.boolean()' : undefined),
  expects: () => 'true or false',
  mariadb: {
    column: () => 'tinyint(1)',
    cast: 'SIGNED',
    stored: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
  },
  // Druid's own tables have no boolean: 'true' and 'false'. An answer of its SQL can have one.
  druid: { sql: 'VARCHAR', dimension: 'string', answers: /^BOOLEAN/ },
  roles: { key: true },
};

/** As programs write it that have no type for it. */
const WORDS: Partial<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

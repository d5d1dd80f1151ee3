import { z } from 'zod';
import type { FieldFacts } from './field-facts.ts';
import { withLimits } from './limits.ts';
import type { TypeMeaning } from './meaning.ts';
import { readChecks, refuseChecks } from './zod-checks.ts';
import type { Complain, ZodDef } from './zod-def.ts';

/** Any text, or one of a closed list. */
export const text: TypeMeaning<'text'> = {
  name: 'text',
  zod: {
    calls: ['z.string()', 'z.enum()'],
    isSaidBy: ({ type, format }) => type === 'enum' || (type === 'string' && format === undefined),
    read: (def, field, complain) =>
      def.type === 'enum' ? readEnum(def, field, complain) : readChecks(def, field, complain),
  },
  judge: (field) => (field.values === undefined ? judgeText(field) : z.enum(field.values)),
  guess: ({ values }) => (values.every((value) => typeof value === 'string') ? 'z.string()' : undefined),
  expects: (field) =>
    field.values === undefined
      ? withLimits('a text', field, ' characters')
      : `one of ${field.values.map((value) => `'${value}'`).join(', ')}`,
  mariadb: {
    column: (_field, isKey) => (isKey ? 'varchar(255)' : 'text'),
    cast: 'CHAR',
    stored: (value) => (typeof value === 'string' ? value : undefined),
  },
  druid: { sql: 'VARCHAR', dimension: 'string', answers: /^(VARCHAR|CHAR)/ },
  roles: { key: true, eventId: true },
};

function readEnum(def: ZodDef, field: FieldFacts, complain: Complain): void {
  const values = Object.values(def.entries ?? {});
  const texts = values.filter((value) => typeof value === 'string');
  if (texts.length === 0 || texts.length < values.length) {
    complain('z.enum() needs a list of texts, at least one; use z.int() for numbers.');
  }
  field.values = texts;
  refuseChecks(def, complain);
}

function judgeText(field: FieldFacts): z.ZodType {
  let schema = z.string();
  if (field.min !== undefined) schema = schema.min(field.min);
  if (field.max !== undefined) schema = schema.max(field.max);
  return field.pattern === undefined ? schema : schema.regex(new RegExp(field.pattern));
}

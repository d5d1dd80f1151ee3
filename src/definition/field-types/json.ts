import type { z } from 'zod';
import { ExactNumber } from '../../exact-number.ts';
import { exactText, parseExactly } from '../exact-json.ts';
import { judged } from './judged.ts';
import type { TypeMeaning } from './meaning.ts';
import { ownType, saidByOwn } from './own.ts';

/** Any JSON: a list, an object. It is kept as its text; read it with MariaDB's `JSON_VALUE(labels, '$[0].name')`. */
export function jsonType(): z.ZodType<string> {
  return ownType({ type: 'json', facts: {} });
}

/** Any JSON, kept as its text without blanks. */
export const json: TypeMeaning<'json'> = {
  name: 'json',
  zod: { calls: ['t.json()'], ...saidByOwn('json') },
  isExact: true,
  judge: () => judged((value) => (value === undefined || value === null ? undefined : exactText(value))),
  guess: ({ values }) => (values.some(isNested) ? 't.json()' : undefined),
  expects: () => 'JSON',
  fromText: jsonIn,
  mariadb: {
    column: () => 'longtext',
    cast: 'CHAR',
    stored: (value) => (typeof value === 'string' ? value : undefined),
  },
  druid: { sql: 'VARCHAR', dimension: 'string', answers: /^(VARCHAR|CHAR)/, fromAnswer: jsonIn },
  roles: {},
};

/** What the text says; undefined where it is no JSON. */
function jsonIn(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber);
}

import { expect, test } from 'vitest';
import type { Database } from '../../../src/clients/mariadb.ts';
import type { Definition } from '../../../src/definition/definition.ts';
import { namesFor } from '../../../src/names.ts';
import { catalogueIn } from '../../../src/store/catalogue.ts';
import { CLICKS } from '../../support/clicks.ts';

const loaded = {
  offsetMs: 0,
  time: 'at',
  key: ['at'],
  fields: [],
  sql: ['SELECT 1 FROM ', { read: 'clicks' }],
};

const DEFINITIONS: Definition[] = [
  CLICKS,
  { ...CLICKS, name: 'other' },
  { ...loaded, kind: 'rollup', name: 'hourly', calendar: { kind: 'hour' } },
  { ...loaded, kind: 'rollup', name: 'fine', calendar: { kind: 'minutes', n: 20 } },
  { ...loaded, kind: 'rollup', name: 'reads_none', calendar: { kind: 'minutes', n: 1 }, sql: ['SELECT 1'] },
  { kind: 'view', name: 'shown', sql: ['SELECT 1 FROM ', { read: 'hourly' }] },
];

/** A store that holds these definitions. */
const db = {
  query: async () =>
    DEFINITIONS.map((definition) => ({
      hash: definition.name,
      data_hash: definition.name,
      definition: JSON.stringify(definition),
    })),
} as Partial<Database> as Database;

test('a stream is given with the tables that are loaded from it, and their calendars', async () => {
  const streams = await catalogueIn(db, namesFor('unit')).streams();
  expect(streams.map(({ definition, readers }) => [definition.name, readers])).toEqual([
    [
      'clicks',
      [
        { table: 'hourly', calendar: { kind: 'hour' } },
        { table: 'fine', calendar: { kind: 'minutes', n: 20 } },
      ],
    ],
    ['other', []],
  ]);
});

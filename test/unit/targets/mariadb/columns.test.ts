import { expect, test } from 'vitest';
import type { ExternalDefinition, Field, PullDefinition } from '../../../../src/definition/definition.ts';
import { externalBody, tableBody, tableText } from '../../../../src/targets/mariadb/columns.ts';
import { stagingFields } from '../../../../src/targets/mariadb/table-fields.ts';

const field = (name: string, type: Field['type']): Field => ({
  name,
  type,
  nullable: false,
  optional: false,
});

const WEATHER: PullDefinition = {
  kind: 'pull',
  name: 'weather',
  calendar: { kind: 'hour' },
  offsetMs: 0,
  time: 'hour',
  key: ['hour', 'place'],
  fields: [
    field('hour', 'timestamp'),
    field('place', 'text'),
    field('note', 'text'),
    field('degrees', 'number'),
  ],
  minRows: 0,
};

const TEAM: ExternalDefinition = { kind: 'external', name: 'team', fields: [field('who', 'text')] };

test('a table is made with its declared columns, those of a load that nobody sees, and its keys', () => {
  expect(tableBody(WEATHER)).toEqual([
    '`hour` datetime(3) NOT NULL',
    '`place` varchar(255) NOT NULL',
    '`note` text NULL',
    '`degrees` double NULL',
    "`_interval_start` datetime NOT NULL DEFAULT '1970-01-01 00:00:00' INVISIBLE",
    '`_load_id` bigint(20) unsigned NOT NULL DEFAULT 0 INVISIBLE',
    'PRIMARY KEY (`hour`, `place`)',
    'KEY `_interval_start` (`_interval_start`)',
  ]);
});

test('a staging table takes nulls in every declared column', () => {
  expect(tableText(stagingFields(WEATHER))).toBe(
    '(`hour` datetime(3) NULL, `place` varchar(255) NULL, `note` text NULL, `degrees` double NULL, ' +
      '`_load_id` bigint(20) unsigned NOT NULL, `_row_id` bigint(20) unsigned NOT NULL DEFAULT uuid_short(), ' +
      'PRIMARY KEY (`_load_id`, `_row_id`)) ' +
      'ENGINE=InnoDB DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin',
  );
});

test("a stand-in for somebody else's table has its declared columns and no key", () => {
  expect(externalBody(TEAM)).toEqual(['`who` text NULL']);
});

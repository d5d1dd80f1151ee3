import { expect, test } from 'vitest';
import { alterClauses } from '../../../../src/targets/mariadb/alter.ts';
import type { TableFields } from '../../../../src/targets/mariadb/table-fields.ts';

const TABLE: TableFields = {
  columns: { hour: 'datetime(3) NOT NULL', name: 'varchar(255) NOT NULL', note: 'text NULL' },
  keys: { PRIMARY: 'hour, name', _interval_start: '_interval_start' },
  engine: 'InnoDB',
  collation: 'utf8mb4_nopad_bin',
};

test.each<[string, TableFields, string[]]>([
  ['nothing where all is as it should be', TABLE, []],
  [
    "nothing about somebody's own column",
    { ...TABLE, columns: { ...TABLE.columns, theirs: 'int NULL' } },
    [],
  ],
  [
    'a column that is missing, with our collation',
    { ...TABLE, columns: { hour: 'datetime(3) NOT NULL', name: 'varchar(255) NOT NULL' } },
    ['ADD COLUMN IF NOT EXISTS `note` text CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NULL'],
  ],
  [
    'a column of another type',
    { ...TABLE, columns: { ...TABLE.columns, hour: 'datetime NOT NULL' } },
    ['MODIFY COLUMN `hour` datetime(3) NOT NULL'],
  ],
  [
    'keys that are missing or others',
    { ...TABLE, keys: { PRIMARY: 'hour' } },
    ['DROP PRIMARY KEY', 'ADD PRIMARY KEY (`hour`, `name`)', 'ADD KEY `_interval_start` (`_interval_start`)'],
  ],
  [
    'engine and collation',
    { ...TABLE, engine: 'Aria', collation: 'latin1_swedish_ci' },
    ['ENGINE=InnoDB', 'DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin'],
  ],
])('ALTER TABLE says %s', (_what, live, clauses) => {
  expect(alterClauses(TABLE, live)).toEqual(clauses);
});

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE_DIR } from '../../../src/package.ts';

/** `INSERT INTO t VALUES`, `REPLACE INTO ${t} SELECT`: the columns are those that the table happens to have. */
const WITHOUT_COLUMNS =
  /\b(?:INSERT|REPLACE)\s[^;`]*?\bINTO\s+(?:\$\{[^}]*\}|[\w.`{}]+)\s+(?:VALUES|SELECT)\b/gi;
const ANY = /\b(?:INSERT|REPLACE)\s[^;`]*?\bINTO\s/gi;

test('the search finds a statement that names no columns, and only that', () => {
  const found = (sql: string) => sql.match(WITHOUT_COLUMNS)?.length ?? 0;
  expect(found('INSERT INTO ${ledger} VALUES (?, ?)')).toBe(1);
  expect(found('insert ignore into\n  ${identifier(a, b)}\n  values (?)')).toBe(1);
  expect(found('REPLACE INTO {store}.objects SELECT * FROM old')).toBe(1);
  expect(found('INSERT INTO ${ledger} (a, b) VALUES (?, ?)')).toBe(0);
  expect(found('INSERT INTO ${t} (a)\n SELECT a FROM s ON DUPLICATE KEY UPDATE a = VALUES(a)')).toBe(0);
});

test('every INSERT names its columns, so that a worker of the version before goes on beside a migrated store', () => {
  const src = path.join(PACKAGE_DIR, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const texts = files.map((file) => [file, readFileSync(path.join(src, file), 'utf8')] as const);
  expect(texts.flatMap(([, text]) => text.match(ANY) ?? []).length).toBeGreaterThan(10);
  expect(
    texts.flatMap(([file, text]) => (text.match(WITHOUT_COLUMNS) ?? []).map((sql) => `${file}: ${sql}`)),
  ).toEqual([]);
});

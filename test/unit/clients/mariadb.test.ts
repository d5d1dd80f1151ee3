import { expect, it } from 'vitest';
import { identifier, mariaDbErrno, placeholders } from '../../../src/clients/mariadb.ts';
import { MillraceError } from '../../../src/errors.ts';

it.each([
  [['weather'], '`weather`'],
  [['millrace_dev', 'weather'], '`millrace_dev`.`weather`'],
  [['select'], '`select`'],
  [['x`; DROP TABLE `y'], '`x``; DROP TABLE ``y`'],
  [['a.b', 'c'], '`a.b`.`c`'],
])('the name %j is quoted as %s', (parts, quoted) => {
  expect(identifier(...parts)).toBe(quoted);
});

it('placeholders are one group per row', () => {
  expect(placeholders(2, 3)).toBe('(?,?,?),(?,?,?)');
});

it("MariaDB's own number is found in our error, and nowhere else", () => {
  expect(mariaDbErrno(new MillraceError('MARIADB_REFUSED', 'x', { context: { errno: 1062 } }))).toBe(1062);
  expect(mariaDbErrno(new MillraceError('MARIADB_REFUSED', 'x'))).toBeUndefined();
  expect(mariaDbErrno(Object.assign(new Error('x'), { errno: 1062 }))).toBeUndefined();
});

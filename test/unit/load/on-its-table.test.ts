import { expect, test } from 'vitest';
import { MillraceError } from '../../../src/errors.ts';
import type { LoadDeps } from '../../../src/load/deps.ts';
import type { Load } from '../../../src/load/messages.ts';
import { onItsTable } from '../../../src/load/on-its-table.ts';

const LOAD = { table: 'rates', interval: { start: '2026-01-05T07:00:00Z', end: '' } } as Load;
const missing = new MillraceError('MARIADB_REFUSED', "Table doesn't exist", { context: { errno: 1146 } });

/** A catalogue in which the definition is applied, or no longer is. */
const catalogue = (isApplied: boolean): Pick<LoadDeps, 'catalogue'> => ({
  catalogue: {
    byName: async () => {
      if (!isApplied) throw new MillraceError('TABLE_UNKNOWN', 'there is none');
    },
  } as unknown as LoadDeps['catalogue'],
});

test.each([
  ['apply dropped', false, /'npx millrace apply --prune --drop-data rates' dropped it/],
  ['somebody dropped by hand', true, /somebody dropped it by hand\. 'npx millrace apply' makes it again/],
])('a load whose table %s fails for good, and says so', async (_who, isApplied, says) => {
  const step = onItsTable(catalogue(isApplied), LOAD, () => Promise.reject(missing));
  await expect(step).rejects.toMatchObject({
    code: 'OBJECT_GONE',
    retryable: false,
    cause: missing,
    message: expect.stringMatching(says) as string,
  });
});

test('every other error of a step stays as it is, and so does what the step gives', async () => {
  const other = new MillraceError('MARIADB_REFUSED', 'no', { context: { errno: 1062 } });
  await expect(onItsTable(catalogue(true), LOAD, () => Promise.reject(other))).rejects.toBe(other);
  expect(await onItsTable(catalogue(true), LOAD, async () => 7)).toBe(7);
});

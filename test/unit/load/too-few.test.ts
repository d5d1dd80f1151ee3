import { expect, test } from 'vitest';
import type { TableDefinition } from '../../../src/definition/definition.ts';
import type { Load } from '../../../src/load/messages.ts';
import { refuseTooFew } from '../../../src/load/too-few.ts';
import type { Writer } from '../../../src/load/writer.ts';

const LOAD = { table: 'rates', interval: { start: '2026-01-03T00:00:00Z', end: '' } } as Load;
const RATES = { kind: 'pull', name: 'rates', minRows: 2 } as TableDefinition;

/** A stage with so many rows, which says whether it was emptied. */
const staged = (rows: number) => {
  const writer = { rows, isEmptied: false, discard: async () => void (writer.isEmptied = true) };
  return writer as typeof writer & Writer;
};

test.each([
  [1, true],
  [4, true],
  [5, false],
  [99, false],
])('too few rows at try %i are asked for again: %s', async (tries, retryable) => {
  const writer = staged(1);
  await expect(refuseTooFew(RATES, LOAD, writer, tries)).rejects.toMatchObject({
    code: 'HTTP_TOO_FEW_ROWS',
    retryable,
    message: expect.stringContaining('the source gave 1 rows') as string,
  });
  expect(writer.isEmptied).toBe(true);
});

test('as many rows as are normal are taken', async () => {
  const writer = staged(2);
  await refuseTooFew(RATES, LOAD, writer, 1);
  expect(writer.isEmptied).toBe(false);
});

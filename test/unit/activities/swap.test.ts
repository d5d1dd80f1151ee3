import { expect, it } from 'vitest';
import { swap } from '../../../src/activities/swap.ts';
import type { Database } from '../../../src/clients/mariadb.ts';
import type { TableDefinition } from '../../../src/definition/definition.ts';
import type { LoadDeps } from '../../../src/load/deps.ts';
import type { Load } from '../../../src/load/messages.ts';
import { namesFor } from '../../../src/names.ts';

const TABLE = {
  kind: 'pull',
  name: 'weather',
  key: ['hour'],
  time: 'hour',
  fields: [{ name: 'hour', type: 'timestamp', nullable: false, optional: false }],
} as unknown as TableDefinition;
const LOAD = {
  table: 'weather',
  definitionHash: 'abc',
  interval: { start: '2026-01-05T07:00:00Z', end: '2026-01-05T08:00:00Z' },
  loadId: '7',
} as Load;
const COVERAGE = { departures: { '0': '5' } };

/** What a swap does, in order: each step with where it is done, in its transaction or beside it. */
async function stepsOfSwap(): Promise<{ steps: string[]; recorded: unknown[] }> {
  const steps: string[] = [];
  const recorded: unknown[] = [];
  const login = (where: string): Database => ({
    query: async () => [],
    select: async () => ({ columns: [], rows: [] }),
    execute: async (sql) => {
      steps.push(`${where}: ${sql.split(' ')[0] ?? ''}`);
      return { affectedRows: 1, insertId: 0 };
    },
    transaction: async (work) => {
      const result = await work(login('transaction'));
      steps.push('commit');
      return result;
    },
    close: async () => undefined,
  });
  const db = login('beside');
  const noted = async (on: Database, what: string) => void (await on.execute(what));
  const deps = {
    db,
    names: namesFor('t'),
    catalogue: { tableByHash: async () => ({ definition: TABLE }), holdDataHash: async () => 'def' },
    loads: {
      holdAttempt: (on: Database) => noted(on, 'fence'),
      forgetProgress: (on: Database) => noted(on, 'forget'),
    },
    ledger: {
      find: async () => undefined,
      record: (on: Database, _load: unknown, loaded: unknown) => {
        recorded.push(loaded);
        return noted(on, 'ledger');
      },
    },
  } as unknown as LoadDeps;
  await swap(deps)(LOAD, { attempt: 1, rows: 1 }, COVERAGE);
  return { steps, recorded };
}

it('a swap holds its fence, replaces the rows and writes the ledger in one transaction', async () => {
  const { steps } = await stepsOfSwap();
  expect(steps).toEqual([
    'transaction: fence',
    'transaction: DELETE',
    'transaction: INSERT',
    'transaction: ledger',
    'commit',
    'beside: DELETE',
    'beside: forget',
  ]);
});

it('the ledger records how far the load had come', async () => {
  const { recorded } = await stepsOfSwap();
  expect(recorded).toEqual([{ rows: 1, dataHash: 'def', positions: COVERAGE }]);
});

import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import type { Definition } from '../../../../src/definition/definition.ts';
import type { LoadDeps } from '../../../../src/load/deps.ts';
import type { Load } from '../../../../src/load/messages.ts';
import { completeTo, endsOf } from '../../../../src/load/waits/index.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const table = { offsetMs: 0, key: [], fields: [], kind: 'pull', minRows: 0 };
const DEFINITIONS = [
  { ...table, name: 'customers', calendar: { kind: 'hour' } },
  { ...table, name: 'plans', calendar: { kind: 'day', zone: 'UTC' } },
  { kind: 'view', name: 'known', sql: ['SELECT * FROM ', { read: 'inner' }] },
  { kind: 'view', name: 'inner', sql: [{ read: 'customers' }, { read: 'plans' }, { read: 'planes' }] },
  { kind: 'external', name: 'planes', fields: [] },
] as unknown as Definition[];

/** What is loaded: by table, the end of its newest interval. */
function depsOf(loaded: Record<string, string> = {}): LoadDeps {
  return {
    catalogue: {
      byName: async (name: string) => ({ definition: DEFINITIONS.find((one) => one.name === name) }),
    },
    ledger: { newestEnd: async (name: string) => loaded[name] },
  } as unknown as LoadDeps;
}

const loadOf = (...streams: string[]) =>
  ({
    ...{ table: 'invoices', streams },
    interval: { start: '2026-01-05T04:30:00Z', end: '2026-01-05T05:30:00Z' },
  }) as unknown as Load;

test.each([
  ['customers', { customers: { customers: '2026-01-05T05:00:00Z' } }],
  ['plans', { plans: { plans: '2026-01-05T00:00:00Z' } }],
  ['planes', { planes: {} }],
  ['known', { known: { customers: '2026-01-05T05:00:00Z', plans: '2026-01-05T00:00:00Z' } }],
])('of %s a load waits for the last interval that ends by its own end', async (name, ends) => {
  expect(await endsOf(depsOf(), loadOf(name))).toEqual(ends);
});

describe('a load', () => {
  const ends = { known: { customers: '2026-01-05T05:00:00Z', plans: '2026-01-05T00:00:00Z' } };
  const complete = (loaded: Record<string, string>) => {
    const said: unknown[] = [];
    const environment = new MockActivityEnvironment();
    environment.on('heartbeat', (details) => said.push(details));
    const waits = environment.run(() => completeTo(depsOf(loaded), loadOf('known'), ends));
    return { environment, waits, said };
  };

  test('goes on where every table is as far, or further', async () => {
    const loaded = { customers: '2026-02-01T00:00:00Z', plans: '2026-01-05T00:00:00Z' };
    expect(await complete(loaded).waits).toEqual({});
  });

  test.each([
    [
      { customers: '2026-01-05T05:00:00Z' },
      "'plans' is waited for up to 2026-01-05T00:00:00Z, and nothing of it is loaded.",
    ],
    [
      { customers: '2026-01-05T04:00:00Z', plans: '2026-01-05T00:00:00Z' },
      "'customers' is waited for up to 2026-01-05T05:00:00Z, and it is loaded up to 2026-01-05T04:00:00Z.",
    ],
  ])('waits, and says for what: %j', async (loaded, text) => {
    const { environment, waits, said } = complete(loaded);
    await waitUntil(() => said.length > 0, { timeoutMs: 4_000 });
    environment.cancel();
    await expect(waits).rejects.toThrow();
    expect(JSON.stringify(said[0])).toContain(text);
  });
});

import { expect, it } from 'vitest';
import type { PullDefinition, RollupDefinition, ViewDefinition } from '../../../src/definition/definition.ts';
import { readersOf } from '../../../src/definition/readers.ts';
import { CLICKS } from '../../support/clicks.ts';

const TABLE = { calendar: { kind: 'hour' } as const, offsetMs: 0, time: 'hour', key: ['hour'], fields: [] };
const rollup = (name: string, ...reads: string[]): RollupDefinition => ({
  ...TABLE,
  kind: 'rollup',
  name,
  sql: ['SELECT 1 FROM ', ...reads.map((read) => ({ read }))],
});
const PULL: PullDefinition = { ...TABLE, kind: 'pull', name: 'prices', minRows: 1 };
const VIEW: ViewDefinition = { kind: 'view', name: 'seen', sql: ['SELECT 1 FROM ', { read: 'clicks' }] };

it('the readers of a stream are the tables whose SQL reads it', () => {
  const all = [
    CLICKS,
    rollup('hourly', 'clicks'),
    rollup('both', 'orders', 'clicks'),
    rollup('orders_hourly', 'orders'),
    PULL,
    VIEW,
  ];
  expect(readersOf('clicks', all).map(({ name }) => name)).toEqual(['hourly', 'both']);
  expect(readersOf('visits', all)).toEqual([]);
});

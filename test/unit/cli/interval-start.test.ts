import { expect, test } from 'vitest';
import { intervalStartOf } from '../../../src/cli/interval-start.ts';
import type { TableDefinition } from '../../../src/definition/definition.ts';

const table = (zone: string, offsetMs: number) =>
  ({ calendar: { kind: 'day', zone }, offsetMs }) as unknown as TableDefinition;
const SLOT = 'dev/rates-2026-01-06T01:00:00Z';

test.each<[what: string, workflowId: string, attributes: Record<string, unknown>, start: string | undefined]>(
  [
    [
      'its search attribute',
      SLOT,
      { IntervalStart: [new Date('2026-01-01T00:00:00Z')] },
      '2026-01-01T00:00:00Z',
    ],
    ['its slot, where it failed before it had one', SLOT, {}, '2026-01-04T23:00:00Z'],
    ['nothing, where its id has no slot', 'dev/rates/by-hand-7', {}, undefined],
    ['nothing, where no interval is due at its slot', 'dev/rates-2026-01-06T01:00:01Z', {}, undefined],
  ],
)('the interval of a run is known by %s', (_what, workflowId, searchAttributes, start) => {
  const berlin = table('Europe/Berlin', 2 * 3_600_000);
  expect(intervalStartOf({ workflowId, searchAttributes }, berlin)).toBe(start);
});

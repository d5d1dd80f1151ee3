import { expect, it, vi } from 'vitest';
import { startBackfill } from '../../../src/schedules/runs.ts';
import type { TemporalClient } from '../../../src/clients/temporal.ts';
import { namesFor } from '../../../src/names.ts';

it.each([
  [{}, 'dev/weather/backfill-2026-01-01T00:00:00Z-2026-02-01T00:00:00Z'],
  [{ reprocess: 'missing' }, 'dev/weather/backfill-2026-01-01T00:00:00Z-2026-02-01T00:00:00Z'],
  [{ reprocess: 'all' }, 'dev/weather/backfill-2026-01-01T00:00:00Z-2026-02-01T00:00:00Z-all'],
] as const)('a backfill of %j is started or joined under the id %s', async (more, workflowId) => {
  const start = vi.fn();
  const temporal = { workflow: { start } } as unknown as TemporalClient;
  const input = { table: 'weather', from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', ...more };
  await startBackfill(temporal, namesFor('dev'), input);
  expect(start).toHaveBeenCalledWith('backfill', expect.objectContaining({ workflowId, args: [input] }));
  expect(start.mock.calls[0]?.[1]).toMatchObject({
    taskQueue: 'dev-bulk',
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
});

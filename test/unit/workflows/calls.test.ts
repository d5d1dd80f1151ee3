import type { ActivityOptions } from '@temporalio/workflow';
import { expect, it, vi } from 'vitest';

/** The options under which each activity is called, by its name. */
const options = await vi.hoisted(async () => new Map<string, ActivityOptions>());

vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  proxyActivities: (given: ActivityOptions) =>
    new Proxy({}, { get: (_, name: string) => void options.set(name, given) }),
}));
await import('../../../src/workflows/index.ts');

it.each([
  ['1 hour', ['resolve', 'noteEnds', 'drain', 'check', 'listIntervals']],
  ['3 hours', ['stage', 'swap']],
  ['6 hours', ['awaitRun']],
])('for %s, and no number of tries, these are repeated: %j', (time, names) => {
  for (const name of names) {
    expect(options.get(name), name).toMatchObject({ scheduleToCloseTimeout: time, heartbeatTimeout: '10s' });
    expect(options.get(name)?.retry, name).not.toHaveProperty('maximumAttempts');
  }
});

it.each(['drain', 'awaitRun'])('%s pauses briefly between its tries: it only waits', (name) => {
  expect(options.get(name)?.retry).toMatchObject({ initialInterval: '500ms', maximumInterval: '10s' });
});

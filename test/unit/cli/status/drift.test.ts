import { expect, it } from 'vitest';
import { driftText } from '../../../../src/cli/status/drift.ts';
import type { Difference } from '../../../../src/targets/target.ts';

const CALLED = { what: 'its schedule dev/weather', without: 'no run of it starts by itself' };
const moved: Difference = {
  path: ['intervals'],
  live: [{ every: 2 }],
  desired: [{ every: 1 }],
  byHand: true,
};

it.each([
  ['unchanged', [], undefined],
  [
    'create',
    [],
    "its schedule dev/weather is not there, so no run of it starts by itself: 'npx millrace apply' makes it again",
  ],
  [
    'update',
    [moved],
    "its schedule dev/weather is not as apply made it (intervals: every 2 → every 1): 'npx millrace apply' puts it back",
  ],
] as const)('what is wrong with an object whose step is %s', (action, differences, text) => {
  expect(driftText({ action, differences: [...differences] }, CALLED)).toBe(text);
});

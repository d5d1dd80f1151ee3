import { expect, test } from 'vitest';
import { refuseBusy } from '../../../src/apply/busy.ts';
import type { Surveyed } from '../../../src/apply/survey.ts';
import type { Step, Target } from '../../../src/targets/target.ts';

const target = (runs: string[]): Target => ({
  system: 'of the test',
  desired: () => [],
  live: async () => new Map(),
  diff: () => [],
  carryOut: async () => undefined,
  runsOf: async (table) => runs.map((run) => `dev/${table}-${run}`),
  foreign: () => '',
  close: async () => undefined,
});

const surveyed = (runs: string[], more: Partial<Step>): Surveyed => ({
  target: target(runs),
  live: new Map(),
  owned: new Map(),
  steps: [],
  leftovers: [{ system: 'mariadb', object: 'rates', action: 'retire', differences: [], ...more }],
});

test('a table that is being loaded is not dropped, and each run is named with the command that ends it', async () => {
  const refused = refuseBusy({ surveyed: [surveyed(['1', '2'], { dropsData: true })] });
  await expect(refused).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(
      /^--drop-data rates: it is being loaded\..*\n.* cancel --workflow-id 'dev\/rates-1'\n.*'dev\/rates-2'$/,
    ) as string,
  });
});

test('of many runs some are named and the others counted', async () => {
  const many = Array.from({ length: 7 }, (_, index) => String(index));
  const refused = refuseBusy({ surveyed: [surveyed(many, { dropsData: true })] });
  await expect(refused).rejects.toThrow(/-4'\n {2}and 2 more$/);
});

test.each([
  ['nothing loads', [], { dropsData: true }],
  ['keeps its data', ['1'], {}],
])('a table that %s may be retired', async (_what, runs, more) => {
  await refuseBusy({ surveyed: [surveyed(runs, more)] });
});

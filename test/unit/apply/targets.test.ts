import { expect, test } from 'vitest';
import { closeTargets, openTargets } from '../../../src/apply/targets.ts';
import { loadConfig } from '../../../src/config.ts';

async function systems(url: string): Promise<string[]> {
  const targets = openTargets(
    loadConfig({
      MILLRACE_HOME: 'no-such-folder',
      MILLRACE_DASHBOARDS: 'no-such-folder',
      MILLRACE_SUPERSET_URL: url,
    }),
  );
  await closeTargets(targets);
  return targets.map(({ system }) => system);
}

test('a target that is not set is left out, so that what apply made there stays recorded as ours', async () => {
  const all = await systems('http://127.0.0.1:1');
  expect(all).toContain('superset');
  expect(await systems('')).toEqual(all.filter((system) => system !== 'superset'));
});

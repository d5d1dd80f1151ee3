import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, it } from 'vitest';
import { plan } from '../../src/apply/plan.ts';
import { renderPlan } from '../../src/cli/plan.ts';
import { PACKAGE_DIR } from '../../src/package.ts';
import { ORDERS, READINGS } from '../support/definitions.ts';
import { liveEnv, type LiveEnv } from '../support/live-env.ts';
import { outside } from '../support/outside.ts';

const FILES = { 'orders.ts': ORDERS, 'readings.ts': READINGS };

it('an apply that is killed after any of its steps is finished by the next one, without orphans', async () => {
  const whole = await contentAfter('never', Infinity);
  expect(whole.steps).toBeGreaterThan(15);
  for (let step = 1; step < whole.steps; step++) {
    const { content, lines } = await contentAfter(`after ${step}`, step);
    expect(content, `killed after:\n${lines.join('\n')}`).toEqual(whole.content);
  }
}, 1_200_000);

/** What stands on the servers after an apply that was killed at a step and one that was not. */
async function contentAfter(test: string, step: number) {
  const env = await liveEnv(`apply killed ${test}`, FILES, {
    hasSuperset: true,
    variables: { MILLRACE_DASHBOARDS: 'nowhere' },
  });
  try {
    const lines = await killedAt(env, step);
    await env.apply();
    const text = renderPlan(await plan({ ...env.config, pipelinesDir: env.folder() }));
    expect(text, test).toMatch(/^Plan: 0 to create, 0 to update, \d+ unchanged\.\n$/);
    const { topics, columns, applied, objects, supervisors } = await outside(env);
    const content = {
      ...{ topics, columns, applied: applied.map(({ name }) => name) },
      objects: objects.map(({ system, object }) => `${String(system)} ${String(object)}`),
      supervisors: supervisors.map(([id]) => id),
      scratch: await env.db.query('SELECT 1 FROM information_schema.schemata WHERE schema_name = ?', [
        env.names.scratchSchema,
      ]),
    };
    const named = JSON.stringify(content).replaceAll(env.names.env, 'env');
    return { content: JSON.parse(named) as object, steps: lines.length, lines };
  } finally {
    await env.close();
  }
}

/** Runs apply in a process of its own and kills it as soon as it has printed that many steps. @returns its lines */
async function killedAt(env: LiveEnv, step: number): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [path.join(PACKAGE_DIR, 'bin', 'millrace.mjs'), 'apply', '--env', env.names.env],
    {
      cwd: PACKAGE_DIR,
      env: { ...process.env, MILLRACE_PIPELINES: env.folder(), MILLRACE_DASHBOARDS: 'nowhere' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  const lines = () => said.split('\n').filter((line) => line.startsWith('  + '));
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (lines().length >= step) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return lines();
}

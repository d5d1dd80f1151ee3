import { expect, test } from 'vitest';
import { deferred } from '../../../src/deferred.ts';
import type { OpenRole, RoleContext } from '../../../src/workers/role.ts';
import { runRoles } from '../../../src/workers/run-roles.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Roles that write down what becomes of them; `order` ends them. */
function stage() {
  const seen: string[] = [];
  const order = deferred();
  const role =
    (name: string, faults: { open?: Error; run?: Promise<void>; stop?: Error } = {}): OpenRole =>
    async () => {
      seen.push(`open ${name}`);
      if (faults.open) throw faults.open;
      const stopped = deferred();
      return {
        run() {
          seen.push(`run ${name}`);
          return faults.run ?? stopped.promise;
        },
        async stop() {
          seen.push(`stop ${name}`);
          stopped.resolve();
          await Promise.resolve();
          seen.push(`${name} has stopped`);
          if (faults.stop) throw faults.stop;
        },
      };
    };
  const context = {
    log: { error: ({ error }: { error: string }) => void seen.push(`error ${error}`) },
  } as unknown as RoleContext;
  const run = (...roles: OpenRole[]) =>
    runRoles(roles, context, { told: order.promise, onReady: () => void seen.push('ready') });
  return { seen, order, role, run };
}

test('roles open one after the other, run together, and drain together when they are told to stop', async () => {
  const { seen, order, role, run } = stage();
  const running = run(role('a'), role('b'));
  await waitUntil(() => seen.includes('ready'), { timeoutMs: 1_000, everyMs: 1 });
  expect(seen).toEqual(['open a', 'open b', 'run a', 'run b', 'ready']);
  order.resolve();
  await running;
  expect(seen.slice(5)).toEqual(['stop b', 'stop a', 'b has stopped', 'a has stopped']);
});

test('an order to stop while roles open is heard: none runs, what is open stops, what opens late is closed', async () => {
  const { seen, order, role, run } = stage();
  const slow = deferred();
  const late: OpenRole = async (context) => {
    await slow.promise;
    return role('late')(context);
  };
  const running = run(role('a'), late, role('never'));
  await waitUntil(() => seen.includes('open a'), { timeoutMs: 1_000, everyMs: 1 });
  order.resolve();
  await running;
  expect(seen).toEqual(['open a', 'stop a', 'a has stopped']);
  slow.resolve();
  await waitUntil(() => seen.includes('late has stopped'), { timeoutMs: 1_000, everyMs: 1 });
  expect(seen.slice(3)).toEqual(['open late', 'stop late', 'late has stopped']);
});

test('a role that cannot open ends the process with its cause, and those that were open are stopped', async () => {
  const { seen, role, run } = stage();
  await expect(run(role('a'), role('b', { open: new Error('no server') }), role('c'))).rejects.toThrow(
    'no server',
  );
  expect(seen).toEqual(['open a', 'open b', 'stop a', 'a has stopped']);
});

test('a role that fails while it runs ends the others, and the process with its cause', async () => {
  const { seen, role, run } = stage();
  const failed = deferred();
  const running = run(role('a'), role('b', { run: failed.promise }));
  await waitUntil(() => seen.includes('ready'), { timeoutMs: 1_000, everyMs: 1 });
  failed.reject(new Error('lost for good'));
  await expect(running).rejects.toThrow('lost for good');
  expect(seen.slice(5)).toEqual(['stop b', 'stop a', 'b has stopped', 'a has stopped']);
});

test('a role that cannot stop in good order is named, and hides no earlier cause', async () => {
  const { seen, role, run } = stage();
  const failed = deferred();
  failed.reject(new Error('lost for good'));
  await expect(
    run(role('a', { stop: new Error('stuck') }), role('b', { run: failed.promise })),
  ).rejects.toThrow('lost for good');
  expect(seen).toContain('error stuck');
  const alone = stage();
  alone.order.resolve();
  await expect(alone.run(alone.role('a', { stop: new Error('stuck') }))).rejects.toThrow('stuck');
});

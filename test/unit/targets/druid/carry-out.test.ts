import { expect, test } from 'vitest';
import type { DruidClient } from '../../../../src/clients/druid.ts';
import { loadConfig } from '../../../../src/config.ts';
import { namesFor } from '../../../../src/names.ts';
import { carryOut } from '../../../../src/targets/druid/carry-out.ts';
import {
  desiredSupervisors,
  liveObjects,
  type DesiredSupervisor,
  type DruidObject,
} from '../../../../src/targets/druid/objects.ts';
import type { Step } from '../../../../src/targets/target.ts';
import { CLICKS } from '../../../support/clicks.ts';
import { knownOf } from '../../../support/known.ts';

const ID = 'dev_clicks_v1';

/** What a Druid holds, and what it was asked to change. */
interface Held {
  wasThere?: boolean;
  segments?: string[];
  /** Ids of running tasks; each question finds the next list. */
  tasks?: string[][];
  /** Tasks that the supervisor knows; each question finds the next list. */
  found?: string[][];
  realtime?: string[];
  supervisors?: string[];
}

function druidWith(held: Held): { druid: DruidClient; done: string[] } {
  const done: string[] = [];
  const did = (what: string) => async () => void done.push(what);
  const druid: Partial<DruidClient> = {
    rows: async () => (held.realtime ?? []).map((datasource) => ({ datasource })),
    supervisors: async () => new Map((held.supervisors ?? []).map((id) => [id, {}])),
    supervisorStatus: async () => {
      const activeTasks = (held.found?.shift() ?? []).map((id) => ({ id }));
      const status = { state: 'RUNNING', healthy: true, suspended: false, recentErrors: [] };
      return { ...status, activeTasks, publishingTasks: [] };
    },
    wasSupervisor: async () => held.wasThere === true,
    usedSegments: async () => new Set(held.segments ?? []),
    runningTasks: async () => held.tasks?.shift() ?? [],
    endTask: async (task) => void done.push(`end ${task}`),
    postSupervisor: async (spec) =>
      void done.push((spec as { suspended?: true }).suspended === true ? 'post suspended' : 'post'),
    resetSupervisor: did('reset'),
    terminateSupervisor: did('terminate'),
    forgetPendingSegments: did('forget ids'),
    dropDatasource: did('drop'),
    deleteUnusedSegments: async () => {
      done.push('delete');
      return 'kill';
    },
    endOfTask: async () => 'SUCCESS',
  };
  return { druid: druid as DruidClient, done };
}

const known = (isNew: boolean) =>
  knownOf({
    config: loadConfig({ MILLRACE_HOME: 'no-such-folder' }),
    names: namesFor('dev'),
    definitions: new Map([[CLICKS.name, CLICKS]]),
    isNew: (system, object) => isNew && system === 'kafka' && object === 'dev.clicks.clean',
  });

type DruidStep = Step<DesiredSupervisor, DruidObject>;

async function creating(held: Held, isTopicNew: boolean): Promise<string[]> {
  const { druid, done } = druidWith(held);
  const [desired] = desiredSupervisors(known(isTopicNew));
  if (desired === undefined) throw new Error('no supervisor is desired');
  const step: DruidStep = {
    ...{ system: 'druid', object: desired.object, action: 'create', differences: [] },
    desired,
  };
  await carryOut(druid, step);
  return done;
}

async function retiring(held: Held, kind: DruidObject['kind']): Promise<string[]> {
  const { druid, done } = druidWith(held);
  const of = { datasource: ID, fields: {} };
  const live: DruidObject =
    kind === 'supervisor'
      ? { ...of, kind, isSuspended: false }
      : { ...of, kind, holdsData: true, mark: 'ours' };
  await carryOut(druid, {
    ...{ system: 'druid', object: `${kind} ${ID}`, action: 'retire', differences: [] },
    live,
  });
  return done;
}

const AGAIN = ['forget ids', 'post suspended', 'reset', 'post'];

test.each<[string, Held, boolean, string[]]>([
  ['that Druid never had is posted', {}, true, ['post']],
  ['goes on where its predecessor stopped', { wasThere: true, segments: ['s'] }, false, ['post']],
  ['whose topic is new begins anew', { wasThere: true, segments: ['s'] }, true, AGAIN],
  ['whose datasource holds nothing begins anew', { wasThere: true }, false, AGAIN],
])('a supervisor %s', async (_what, held, isTopicNew, done) => {
  expect(await creating(held, isTopicNew)).toEqual(done);
});

test('one that begins anew waits until the tasks of its predecessor have ended', async () => {
  const held: Held = { wasThere: true, tasks: [['a'], ['a'], []] };
  expect(await creating(held, true)).toEqual(AGAIN);
  expect(held.tasks).toEqual([]);
});

test('a supervisor is terminated when it has found its tasks, so that it tells them to publish', async () => {
  const held: Held = { found: [[], ['a']], tasks: [['a'], ['a']] };
  expect(await retiring(held, 'supervisor')).toEqual(['terminate']);
  expect(held.found).toEqual([]);
});

test('a datasource is dropped when its tasks are gone, and its segments are deleted', async () => {
  const done = await retiring({ tasks: [['a', 'b'], ['b'], [], []] }, 'datasource');
  expect(done).toEqual(['end a', 'end b', 'end b', 'forget ids', 'drop', 'delete']);
});

test('a stream that is no longer defined leaves its supervisor, and the datasource where that holds anything', async () => {
  const owned = new Map([['supervisor dev_old_v1', { hash: 'h' }]]);
  const objects = async (held: Held) => [...(await liveObjects(druidWith(held).druid, [], owned))];
  const supervisors = ['dev_old_v1', 'theirs'];
  expect((await objects({ supervisors })).map(([object]) => object)).toEqual(['supervisor dev_old_v1']);
  for (const more of [{ segments: ['s'] }, { realtime: ['dev_old_v1', 'theirs'] }]) {
    const found = await objects({ supervisors, ...more });
    expect(found.map(([object]) => object)).toEqual(['datasource dev_old_v1', 'supervisor dev_old_v1']);
    expect(found[0]?.[1]).toMatchObject({ holdsData: true, mark: 'ours' });
  }
});

test('a datasource that was kept is found by its own record', async () => {
  const owned = new Map([['datasource dev_old_v1', { hash: 'kept' }]]);
  const { druid } = druidWith({ segments: ['s'] });
  expect([...(await liveObjects(druid, [], owned)).keys()]).toEqual(['datasource dev_old_v1']);
});

import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import type { Definition } from '../../../../src/definition/definition.ts';
import type { LoadDeps } from '../../../../src/load/deps.ts';
import type { Load } from '../../../../src/load/messages.ts';
import { completeTo, endsOf } from '../../../../src/load/waits/index.ts';
import { namesFor } from '../../../../src/names.ts';
import { encodeCommit, NO_COUNTS } from '../../../../src/store/commit.ts';
import { CLICKS } from '../../../support/clicks.ts';

const VIEW: Definition = { kind: 'view', name: 'revenue', sql: [] };

/** A load of a table that reads these. */
const loadOf = (...streams: string[]) => ({ table: 'sums', streams }) as unknown as Load;

/** Two streams, `clicks` and `views`, each consumed and read to its end at 9, where 5 clean events are; and a view. */
function depsOf(): LoadDeps {
  const definitions = [CLICKS, { ...CLICKS, name: 'views' }, VIEW];
  const commit = encodeCommit({ clean: 5n, counts: NO_COUNTS, newestMs: 0, cleanTopic: 'one' });
  const task = { id: 'task', startingOffsets: {} };
  return {
    names: namesFor('unit'),
    catalogue: {
      byName: async (name: string) => ({ definition: definitions.find((one) => one.name === name) }),
    },
    kafka: {
      bounds: async () => new Map([[0, { low: 0n, high: 9n }]]),
      ends: async () => new Map([[0, 9n]]),
      committed: async () => new Map([[0, { offset: 9n, metadata: commit }]]),
    },
    druid: {
      supervisorStatus: async () => ({ state: 'RUNNING', activeTasks: [task], publishingTasks: [] }),
      taskOffsets: async () => ({ said: { 0: 5 } }),
    },
  } as unknown as LoadDeps;
}

test('the ends of a load are those of every stream that it waits for', async () => {
  expect(await endsOf(depsOf(), loadOf('clicks', 'views'))).toEqual({
    clicks: { 0: '9' },
    views: { 0: '9' },
  });
});

test('the coverage of a load names of every stream its clean offsets and their topic', async () => {
  const ends = { clicks: { 0: '9' }, views: { 0: '9' } };
  const complete = () => completeTo(depsOf(), loadOf('clicks', 'views'), ends);
  expect(await new MockActivityEnvironment().run(complete)).toEqual({
    clicks: { 0: '5' },
    views: { 0: '5' },
    '#cleanTopics': { clicks: 'one', views: 'one' },
  });
});

test('a load waits for a definition as it was when the load was resolved', async () => {
  const deps = depsOf();
  const before = { ...CLICKS, topic: 'web.before' };
  deps.catalogue.byHash = async () => ({ definition: before, hash: 'then', dataHash: 'then' });
  const asked: string[] = [];
  deps.kafka.ends = async (topic) => {
    asked.push(topic);
    return new Map([[0, 9n]]);
  };
  await endsOf(deps, { ...loadOf('clicks'), streamHashes: { clicks: 'then' } });
  expect(asked).toEqual(['web.before']);
});

import { expect, it } from 'vitest';
import { driftsOf } from '../../../src/apply/drift.ts';
import type { Config } from '../../../src/config.ts';
import { namesFor } from '../../../src/names.ts';
import type { RecordedObject } from '../../../src/store/objects.ts';
import { diffByFields } from '../../../src/targets/difference.ts';
import type { Known, Fields, Target } from '../../../src/targets/target.ts';

const KNOWN: Known = {
  config: {} as Config,
  names: namesFor('dev'),
  definitions: new Map(),
  now: new Date(0),
  held: () => undefined,
  isNew: () => false,
};

/** What status sees of the one object that a target should hold. */
async function driftOf({ desired, made, live }: { desired: Fields; made?: Fields; live?: Fields }) {
  const target: Target = {
    system: 'temporal',
    desired: () => [{ object: 'a', fields: desired }],
    live: async () => new Map(live === undefined ? [] : [['a', { fields: live }]]),
    diff: (all, found, owned) => diffByFields('temporal', all, found, owned),
    carryOut: () => Promise.reject(new Error('it writes nothing')),
    foreign: () => '',
    close: async () => undefined,
  };
  const record: RecordedObject = {
    hash: 'h',
    ...(made && { made: { fields: made, unseen: {}, learned: {} } }),
  };
  const [step] = await driftsOf(target, KNOWN, new Map([['temporal', new Map([['a', record]])]]));
  return {
    action: step?.action,
    differences: step?.differences.map(({ path, live: is, desired: should }) => [path.join('.'), is, should]),
  };
}

it.each([
  ['is as apply made it', { desired: { every: 1 }, made: { every: 1 }, live: { every: 1 } }, 'unchanged', []],
  [
    'was changed',
    { desired: { every: 1 }, made: { every: 1 }, live: { every: 2 } },
    'update',
    [['every', 2, 1]],
  ],
  ['is gone', { desired: { every: 1 }, made: { every: 1 } }, 'create', []],
  [
    'is another only in what apply has not made yet',
    { desired: { every: 3 }, made: { every: 1 }, live: { every: 1 } },
    'unchanged',
    [],
  ],
  [
    'was changed, and is to be made another',
    { desired: { every: 3 }, made: { every: 1 }, live: { every: 2 } },
    'update',
    [['every', 2, 1]],
  ],
  [
    'was made by a version without records',
    { desired: { every: 1 }, live: { every: 2 } },
    'update',
    [['every', 2, 1]],
  ],
] as const)('an object that %s', async (_what, of, action, differences) => {
  expect(await driftOf(of)).toEqual({ action, differences });
});

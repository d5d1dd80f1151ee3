import type { Mutant } from '../mutant.ts';

const ENGINE = 'test/unit/apply/engine.test.ts';
const DIFFERENCE = 'test/unit/targets/difference.test.ts';

/** What apply makes and keeps in step. */
export const APPLY: readonly Mutant[] = [
  {
    name: "somebody else's object is overwritten",
    contract: 12,
    file: 'src/apply/survey.ts',
    find: '!isOurs(found, owned.has(step.object));',
    replace: '!isOurs(found, true);',
    test: { file: ENGINE, name: "somebody else's object stops all of it, with every one of them named" },
  },
  {
    name: 'a record is believed more than the mark of the object itself',
    contract: 12,
    file: 'src/apply/survey.ts',
    find: "mark === undefined ? isRecorded : mark === 'ours'",
    replace: "isRecorded || mark === 'ours'",
    test: { file: ENGINE, name: 'an object that says itself whose it is needs no record' },
  },
  {
    name: 'what somebody changed by hand is not compared',
    contract: 12,
    file: 'src/targets/difference.ts',
    find: 'if (same(desired, live)) return [];',
    replace: 'if (same(desired, live) || (recorded !== undefined && same(desired, recorded))) return [];',
    test: { file: DIFFERENCE, name: 'what the record says as well was changed by hand' },
  },
  {
    name: 'a part that we set once, and no longer, stays',
    contract: 12,
    file: 'src/targets/difference.ts',
    find: 'return [...kept, ...gone];',
    replace: 'return kept;',
    test: {
      file: DIFFERENCE,
      name: 'a part that we set once, and no longer, is taken away where it is still there',
    },
  },
  {
    name: 'a second apply writes although nothing has changed',
    contract: 12,
    file: 'src/targets/difference.ts',
    find: "differences.length > 0 ? 'update' : 'unchanged'",
    replace: "'update'",
    test: { file: ENGINE, name: 'each target is asked once, and a second apply writes nothing' },
  },
  {
    name: 'what holds data goes without having been named',
    contract: 12,
    file: 'src/apply/prune.ts',
    find: 'if (prune && (!holdsData || dropsData)) {',
    replace: 'if (prune) {',
    test: {
      file: ENGINE,
      name: 'what is retired goes in the reverse order of making; data stays unless it is named',
    },
  },
  {
    name: 'an apply that lost its lock goes on',
    contract: 12,
    file: 'src/apply/carry-out.ts',
    find: '    await check();\n    if (target.isOwnRecord !== true && recorded === undefined)',
    replace: '    if (target.isOwnRecord !== true && recorded === undefined)',
    test: { file: ENGINE, name: 'a lock that is lost stops before the next step' },
  },
  {
    name: 'a stream may change the field that its duplicates are told by',
    contract: 9,
    file: 'src/apply/reshaped.ts',
    find: "['topic', 'id', 'time', 'version']",
    replace: "['topic', 'time', 'version']",
    test: { file: 'test/unit/apply/reshaped.test.ts', name: 'another id' },
  },
  {
    name: 'an operator loses a pause when apply changes the schedule',
    contract: 12,
    file: 'src/schedules/carry-out.ts',
    find: 'return { spec, policies, action, typedSearchAttributes, state };',
    replace: 'return { spec, policies, action, typedSearchAttributes, state: { ...state, paused: false } };',
    test: {
      file: 'test/live/apply.test.ts',
      name: 'a schedule that an operator paused stays paused, even when an apply changes it',
    },
  },
  {
    name: 'a project is looked for where the command was typed, and no further up',
    contract: 18,
    file: 'src/project.ts',
    find: "if (isFolder(path.join(dir, 'pipelines'))) return dir;",
    replace: "if (isFolder(path.join(dir, 'pipelines'))) return path.resolve(from);",
    test: {
      file: 'test/unit/project.test.ts',
      name: 'the project is the nearest folder upwards that holds pipelines/',
    },
  },
];

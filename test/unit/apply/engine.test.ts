import { expect, test } from 'vitest';
import { carryOut } from '../../../src/apply/carry-out.ts';
import { chooseRetired, type PruneOptions } from '../../../src/apply/prune.ts';
import { refuse } from '../../../src/apply/refuse.ts';
import { survey } from '../../../src/apply/survey.ts';
import { loadConfig } from '../../../src/config.ts';
import type { Definition } from '../../../src/definition/definition.ts';
import { MillraceError } from '../../../src/errors.ts';
import type { RecordedObject } from '../../../src/store/objects.ts';
import { diffByFields } from '../../../src/targets/difference.ts';
import type { Change, Desired, Live, Target } from '../../../src/targets/target.ts';

/** A server of the test: a text by name, and what it was asked. */
interface Texts {
  files: Map<string, string>;
  asked: number;
  written: string[];
  /** Between comparing and carrying out, once. */
  meanwhile?: () => void;
}

const texts = (files: Record<string, string> = {}): Texts => ({
  files: new Map(Object.entries(files)),
  asked: 0,
  written: [],
});

/** Keeps one text per definition: its description. */
function textTarget(system: string, on: Texts, more: Partial<Live> = {}): Target {
  return {
    system,
    desired: ({ definitions }) =>
      [...definitions.values()].map(({ name, description }): Desired => ({
        object: name,
        fields: { text: description },
      })),
    live: async () => {
      on.asked++;
      return new Map(
        [...on.files].map(([name, text]): [string, Live] => [name, { fields: { text }, ...more }]),
      );
    },
    diff: (desired, live, owned) => diffByFields(system, desired, live, owned),
    carryOut: async ({ action, object, desired }) => {
      on.meanwhile?.();
      if (action === 'update' && !on.files.has(object)) throw new Error('there is no such file');
      if (action === 'retire') on.files.delete(object);
      else on.files.set(object, String(desired?.fields['text']));
      on.written.push(`${action} ${system} ${object}`);
      return undefined;
    },
    foreign: (object) => `Somebody else wrote '${object}'.`,
    close: async () => undefined,
  };
}

/** The store's records, by system. */
type Records = Map<string, Map<string, RecordedObject>>;

async function applied(
  targets: Target[],
  wanted: Record<string, string>,
  records: Records,
  options: PruneOptions & { check?: () => Promise<void>; onChange?: (change: Change) => void } = {},
): Promise<string[]> {
  const definitions = Object.entries(wanted).map(([name, description]): Definition => ({
    kind: 'external',
    name,
    description,
    fields: [],
  }));
  const surveyed = await survey(loadConfig(), targets, definitions, records);
  chooseRetired(surveyed, options);
  refuse(surveyed);
  const of = (system: string) => records.get(system) ?? new Map<string, RecordedObject>();
  const changes = await carryOut(surveyed, {
    record: {
      record: async (system, object, recorded) =>
        void records.set(system, new Map([...of(system), [object, recorded]])),
      forget: async (system, object) => void of(system).delete(object),
    },
    check: options.check ?? (async () => undefined),
    onChange: options.onChange ?? (() => undefined),
  });
  return changes.map(({ action, object, differences }) =>
    [action, object, ...differences.map(({ byHand }) => (byHand ? 'by hand' : 'by definition'))].join(' '),
  );
}

test('each target is asked once, and a second apply writes nothing', async () => {
  const on = texts();
  const records: Records = new Map();
  expect(await applied([textTarget('files', on)], { a: 'x' }, records)).toEqual(['create a']);
  expect(on.asked).toBe(1);
  const before = JSON.stringify([...(records.get('files') ?? [])]);
  expect(await applied([textTarget('files', on)], { a: 'x' }, records)).toEqual(['unchanged a']);
  expect(on.written).toEqual(['create files a']);
  expect(JSON.stringify([...(records.get('files') ?? [])])).toBe(before);
});

test('what the definition changed is told from what somebody changed', async () => {
  const on = texts();
  const records: Records = new Map();
  await applied([textTarget('files', on)], { a: 'x', b: 'x' }, records);
  on.files.set('b', 'theirs');
  expect(await applied([textTarget('files', on)], { a: 'y', b: 'x' }, records)).toEqual([
    'update a by definition',
    'update b by hand',
  ]);
  expect([...on.files.values()]).toEqual(['y', 'x']);
});

test('an object of a store from before is taken up without a write to its server', async () => {
  const on = texts({ a: 'x' });
  const records: Records = new Map([['files', new Map([['a', { hash: 'of an earlier version' }]])]]);
  expect(await applied([textTarget('files', on)], { a: 'x' }, records)).toEqual(['unchanged a']);
  expect(on.written).toEqual([]);
  expect(records.get('files')?.get('a')?.made?.fields).toEqual({ text: 'x' });
});

test("somebody else's object stops all of it, with every one of them named", async () => {
  const [first, second] = [texts(), texts({ a: 'theirs', b: 'theirs' })];
  const targets = [textTarget('first', first), textTarget('second', second)];
  await expect(applied(targets, { a: 'x', b: 'x' }, new Map())).rejects.toMatchObject({
    code: 'OBJECT_FOREIGN',
    message: expect.stringMatching(/wrote 'a'.*\n.*wrote 'b'/) as string,
  });
  expect(first.written).toEqual([]);
});

test('an object that says itself whose it is needs no record, and one that says theirs is foreign with one', async () => {
  const records: Records = new Map([['files', new Map([['a', { hash: 'h' }]])]]);
  const ours = textTarget('files', texts({ a: 'x' }), { mark: 'ours' });
  expect(await applied([ours], { a: 'x' }, new Map())).toEqual(['unchanged a']);
  const theirs = textTarget('files', texts({ a: 'x' }), { mark: 'foreign' });
  await expect(applied([theirs], { a: 'x' }, records)).rejects.toMatchObject({ code: 'OBJECT_FOREIGN' });
});

test('what is retired goes in the reverse order of making; data stays unless it is named', async () => {
  const [first, second] = [texts(), texts()];
  const records: Records = new Map();
  const targets = [textTarget('tables', first, { holdsData: true }), textTarget('readers', second)];
  await applied(targets, { a: 'x', b: 'x' }, records);
  expect(await applied(targets, {}, records)).toEqual(['left b', 'left a', 'left b', 'left a']);
  expect(await applied(targets, {}, records, { prune: true })).toEqual([
    'retire b',
    'retire a',
    'kept b',
    'kept a',
  ]);
  expect(await applied(targets, {}, records, { prune: true, dropData: ['a'] })).toEqual([
    'kept b',
    'retire a',
  ]);
  expect([...first.files.keys()]).toEqual(['b']);
  expect([...(records.get('tables')?.keys() ?? [])]).toEqual(['b']);
});

test('an object that is deleted between comparing and carrying out is named, and the next apply makes it', async () => {
  const on = texts();
  const records: Records = new Map();
  await applied([textTarget('files', on)], { a: 'x' }, records);
  on.meanwhile = () => void on.files.delete('a');
  await expect(applied([textTarget('files', on)], { a: 'y' }, records)).rejects.toMatchObject({
    code: 'OBJECT_GONE',
    message: expect.stringMatching(/'a' \(files\).*Apply again/) as string,
  });
  delete on.meanwhile;
  expect(await applied([textTarget('files', on)], { a: 'y' }, records)).toEqual(['create a']);
});

test('a lock that is lost stops before the next step, and the next apply goes on there', async () => {
  const on = texts();
  const records: Records = new Map();
  let steps = 0;
  const check = async () => {
    if (++steps > 1) throw new MillraceError('MARIADB_UNAVAILABLE', 'the lock is lost');
  };
  const target = textTarget('files', on);
  await expect(applied([target], { a: 'x', b: 'x' }, records, { check })).rejects.toMatchObject({
    code: 'MARIADB_UNAVAILABLE',
  });
  expect(on.written).toEqual(['create files a']);
  expect(await applied([target], { a: 'x', b: 'x' }, records)).toEqual(['unchanged a', 'create b']);
});

test('what somebody else makes while apply is at work stays theirs: the next apply is refused, too', async () => {
  const on = texts();
  const records: Records = new Map();
  on.meanwhile = () => {
    on.files.set('a', 'theirs');
    throw new MillraceError('OBJECT_FOREIGN', 'Somebody else was faster.');
  };
  await expect(applied([textTarget('files', on)], { a: 'x' }, records)).rejects.toThrow('was faster');
  delete on.meanwhile;
  await expect(applied([textTarget('files', on)], { a: 'x' }, records)).rejects.toThrow(
    "Somebody else wrote 'a'.",
  );
  expect(on.files.get('a')).toBe('theirs');
});

test('data that a defined object is made from is not dropped', async () => {
  const on = texts();
  const records: Records = new Map();
  const target = textTarget('files', on, { holdsData: true });
  await applied([target], { raw: 'x' }, records);
  const reading: Target = {
    ...target,
    desired: (facts) => target.desired(facts).map((one) => ({ ...one, madeFrom: 'raw' })),
  };
  const drop = { prune: true, dropData: ['raw'] };
  await expect(applied([reading], { fresh: 'y' }, records, drop)).rejects.toThrow("'fresh' is made from it");
  expect(on.files.has('raw')).toBe(true);
  await applied([target], { fresh: 'y' }, records, drop);
  expect(on.files.has('raw')).toBe(false);
});

test('an object that was begun when an apply was cut is ours', async () => {
  const on = texts({ a: 'half' });
  const records: Records = new Map([['files', new Map([['a', { hash: '' }]])]]);
  expect(await applied([textTarget('files', on)], { a: 'x' }, records)).toEqual(['update a by definition']);
});

test('what apply retires and is cut at is made again as new, and not as deleted by somebody', async () => {
  const on = texts();
  const records: Records = new Map();
  const target = textTarget('files', on);
  await applied([target], { a: 'x' }, records);
  const cut: Target = {
    ...target,
    carryOut: async (step) => {
      await target.carryOut(step);
      throw new MillraceError('DRUID_UNAVAILABLE', 'the line broke');
    },
  };
  await expect(applied([cut], {}, records, { prune: true })).rejects.toThrow('the line broke');
  const definitions: Definition[] = [{ kind: 'external', name: 'a', description: 'x', fields: [] }];
  const { surveyed } = await survey(loadConfig(), [target], definitions, records);
  const [step] = surveyed[0]?.steps ?? [];
  expect(step).toMatchObject({ action: 'create' });
  expect(step?.note).toBeUndefined();
});

test('what is kept is recorded as ours, although another object told that it is', async () => {
  const on = texts({ data: 'x' });
  const records: Records = new Map();
  const target = textTarget('files', on, { holdsData: true, mark: 'ours' });
  expect(await applied([target], {}, records, { prune: true })).toEqual(['kept data']);
  expect([...(records.get('files')?.keys() ?? [])]).toEqual(['data']);
});

test('what a step says once it is carried out stands in place of what it said before', async () => {
  const target = textTarget('files', texts());
  const telling = (note: string | undefined): Target => ({
    ...target,
    diff: (...compared) => target.diff(...compared).map((step) => ({ ...step, note: 'it will be made' })),
    carryOut: async () => (note === undefined ? undefined : { note }),
  });
  const said: (string | undefined)[] = [];
  const onChange = ({ note }: Change) => void said.push(note);
  await applied([telling('it was made'), telling(undefined)], { a: 'x' }, new Map(), { onChange });
  expect(said).toEqual(['it was made', 'it will be made']);
});

test('a hash that an earlier version recorded, of a password too, is replaced: also of what nothing asks for', async () => {
  const on = texts({ wanted: 'x', left: 'x' });
  const fast = { hash: 'fast to guess from' };
  const records: Records = new Map([
    [
      'files',
      new Map([
        ['wanted', fast],
        ['left', fast],
      ]),
    ],
  ]);
  expect(await applied([textTarget('files', on)], { wanted: 'x' }, records)).toEqual([
    'unchanged wanted',
    'left left',
  ]);
  expect([...(records.get('files')?.keys() ?? [])].sort(), 'both are ours as before').toEqual([
    'left',
    'wanted',
  ]);
  expect(JSON.stringify([...(records.get('files') ?? [])])).not.toContain(fast.hash);
  expect(on.written).toEqual([]);
});

test('every target is told the same time', async () => {
  const times: Date[] = [];
  const target = textTarget('files', texts());
  const telling: Target = {
    ...target,
    desired: (known) => {
      times.push(known.now);
      return target.desired(known);
    },
  };
  await applied([telling], { a: 'x' }, new Map());
  expect(times.length).toBeGreaterThan(2);
  expect(new Set(times).size).toBe(1);
});

import { expect, it } from 'vitest';
import { DEFINITION_PATTERN, ENV_PATTERN, namesFor } from '../../src/names.ts';

/** Names that a seed decides, from the alphabets in which collisions would hide. */
function seeded(seed: number) {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const word = (alphabet: string, length: number) =>
    Array.from({ length: 1 + next(length) }, () => alphabet[next(alphabet.length)]).join('');
  return {
    env: () => `a${word('ab1', 3)}`,
    // Suffixes that derived names end with are as likely as anything.
    definition: () => `a${word('ab_1', 3)}${['', '_v1', '_raw', '_store', '_clean', '_scratch'][next(6)]}`,
    version: () => 1 + next(12),
  };
}

const SLOT = '2026-01-05T08:00:00Z';

/** Every derived name with the server and kind of object that it is unique on. */
function derived(env: string, name: string, version: number): Record<string, string> {
  const names = namesFor(env);
  return {
    'schema 1': names.schema,
    'schema 2': names.storeSchema,
    'schema 3': names.scratchSchema,
    lock: names.applyLock,
    'topic raw': names.rawTopic({ name }),
    'topic clean': names.cleanTopic(name),
    'topic dead': names.deadTopic(name),
    group: names.consumerGroup(name),
    'group readers': names.readerGroup,
    'transactional id': names.transactionalId(name, 3),
    datasource: names.datasource({ name, version }),
    schedule: names.scheduleId(name),
    workflow: names.workflowId(name, SLOT),
    'workflow backfill': names.backfillId(name, SLOT, SLOT),
    'queue live': names.taskQueue('live'),
    'queue bulk': names.taskQueue('bulk'),
    database: names.supersetDatabase('Druid'),
    dashboard: names.supersetDashboard(name),
  };
}

it('no two envs can meet, on any server, whatever their definitions are called', () => {
  const random = seeded(7);
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (let round = 0; round < 5_000; round++) {
    const [env, name, version] = [random.env(), random.definition(), random.version()];
    if (!ENV_PATTERN.test(env) || !DEFINITION_PATTERN.test(name)) problems.push(`${env}, ${name}`);
    for (const [kind, value] of Object.entries(derived(env, name, version))) {
      const place = `${kind.split(' ')[0]} ${value}`;
      if ((owners.get(place) ?? env) !== env) problems.push(`${place} belongs to two envs`);
      owners.set(place, env);
    }
  }
  expect(owners.size).toBeGreaterThan(10_000);
  expect(problems).toEqual([]);
});

it('no two definitions of an env can meet', () => {
  const random = seeded(11);
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (let round = 0; round < 5_000; round++) {
    const [name, version] = [random.definition(), random.version()];
    const { datasource, ...rest } = derived('a', name, version);
    const own = [
      `datasource ${datasource} of version`,
      ...Object.entries(rest).flatMap(([kind, value]) =>
        /schema|lock|queue|database|readers/.test(kind) ? [] : [`${kind.split(' ')[0]} ${value}`],
      ),
      `staging ${namesFor('a').stagingTable(name)}`,
    ];
    const owner = (place: string) => (place.startsWith('datasource') ? `${name} ${version}` : name);
    for (const place of own) {
      if ((owners.get(place) ?? owner(place)) !== owner(place)) problems.push(place);
      owners.set(place, owner(place));
    }
  }
  expect(owners.size).toBeGreaterThan(5_000);
  expect(problems).toEqual([]);
});

it('a topic never mixes dots and underscores, which Kafka takes for the same', () => {
  const names = namesFor('dev');
  for (const topic of [
    names.rawTopic({ name: 'a_b_c' }),
    names.cleanTopic('a_b_c'),
    names.deadTopic('a_b_c'),
  ]) {
    expect(topic).toMatch(/^dev\.a-b-c\.(raw|clean|dead)$/);
  }
});

it("somebody else's topic keeps its own name", () => {
  expect(namesFor('dev').rawTopic({ name: 'clicks', topic: 'web_clicks.v2' })).toBe('web_clicks.v2');
});

it('the longest names fit on every server', () => {
  const [env, name] = ['e'.repeat(20), `n${'_'.repeat(47)}`];
  expect(env).toMatch(ENV_PATTERN);
  expect(name).toMatch(DEFINITION_PATTERN);
  const names = namesFor(env);
  const identifiers = [
    names.schema,
    names.storeSchema,
    names.scratchSchema,
    names.applyLock,
    names.stagingTable(name),
  ];
  expect(identifiers.filter((identifier) => identifier.length > 64)).toEqual([]);
  expect(names.transactionalId(name, 10_000).length).toBeLessThan(249);
});

it.each(['', 'Dev', '1dev', 'de_v', 'de-v', 'de.v', 'd`v', 'dev ', 'dev\n', 'd'.repeat(21), 'däv'])(
  '%j cannot be an env',
  (env) => {
    expect(env).not.toMatch(ENV_PATTERN);
  },
);

it.each([
  '',
  'Orders',
  '1a',
  '_a',
  'a-b',
  'a.b',
  'a`b',
  "a'b",
  'a b',
  'a;b',
  'a\n',
  'a'.repeat(49),
  'ordérs',
])('%j cannot be a definition', (name) => {
  expect(name).not.toMatch(DEFINITION_PATTERN);
});

it.each([
  ['a run', namesFor('dev').workflowId('sales_3', SLOT)],
  ['a backfill', namesFor('dev').backfillId('sales_3', SLOT, SLOT, 'all')],
  ['one that somebody started by hand', 'dev/sales_3'],
])('the id of %s tells its table', (_what, id) => {
  expect(namesFor('dev').tableOfRun(id)).toBe('sales_3');
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import type { Load } from '../../src/load/messages.ts';
import { READINGS } from '../support/definitions.ts';
import { type DirectLoads, vendorEnv } from '../support/direct-load.ts';
import { failureOf } from '../support/failure.ts';
import type { Answer } from '../support/json-vendor.ts';
import type { LiveEnv } from '../support/live-env.ts';
import { waitUntil } from '../support/wait-until.ts';

const SEVEN = '2026-01-05T07:00:00Z';
const EIGHT = '2026-01-05T08:00:00Z';

/** Every type; the key is text alone, so that two intervals can want the same one. */
const EXACT = `
import { every, pull, z } from 'millrace';
const http = { url: '{VENDOR_URL}/exact', query: { from: '{start}' }, records: 'items' };
export const exact = pull('exact', {
  every: every.hour(), time: 'at', key: ['name'], http,
  row: z.object({
    name: z.string().max(255), at: z.iso.datetime(), whole: z.int().nullable(), real: z.number().nullable(),
    words: z.string().nullable(), yes: z.boolean().nullable(), day: z.iso.date().nullable(),
  }),
});
export const numbered = pull('numbered', {
  every: every.hour(), time: 'at', key: ['id'], http, row: z.object({ id: z.int(), at: z.iso.datetime() }),
});
// Its staging table must not meet a table of our own.
export const progress = pull('progress', {
  every: every.hour(), time: 'at', key: ['at'], http, row: z.object({ at: z.iso.datetime() }),
});
`;

let env: LiveEnv;
let loads: DirectLoads;
let close: () => Promise<void>;
let answer: (url: URL) => Answer | Promise<Answer>;

beforeAll(async () => {
  ({ env, loads, close } = await vendorEnv('loads', { 'readings.ts': READINGS, 'exact.ts': EXACT }, (url) =>
    answer(url),
  ));
});

afterAll(() => close());

beforeEach(() => {
  answer = () => ({ items: [reading('a', 1)] });
});

const reading = (sensor: string, value: number | null, hour = SEVEN) => ({ hour, sensor, value });
const readings = (count: number, value: number, hour = SEVEN) =>
  Array.from({ length: count }, (_, index) => reading(`s${index}`, value, hour));
const staged = async (table = 'readings') =>
  Number((await env.db.query(`SELECT COUNT(*) AS n FROM ${env.names.storeSchema}.stage_${table}`))[0]?.['n']);
const emptied = (table: string) => env.db.execute(`DELETE FROM ${env.names.schema}.${table}`);

describe('an attempt that was overtaken', () => {
  it('can neither stage nor swap, and leaves what the newer one made', async () => {
    const old = await loads.begin('readings', SEVEN);
    const oldStaged = await loads.stage(old);
    answer = () => ({ items: [reading('a', 2)] });
    await loads.load('readings', SEVEN);
    expect(await failureOf(loads.swap(old, oldStaged))).toMatchObject({ type: 'LOAD_OVERTAKEN' });
    expect(await env.rows('readings')).toMatchObject([{ sensor: 'a', value: 2 }]);
    const staging = loads.deps.db.transaction(async (tx) =>
      loads.deps.loads.holdAttempt(tx, old, oldStaged.attempt),
    );
    expect((await failureOf(staging)).message).toMatch(
      /Attempt \d+ to load readings .* was overtaken by attempt/,
    );
  });

  it('and wakes up between two pages adds nothing to the stage', async () => {
    let release = () => undefined as void;
    const held = new Promise<void>((resolve) => (release = resolve));
    let isAsleep = false;
    answer = async () => {
      isAsleep = true;
      await held;
      return { items: readings(3, 1) };
    };
    const zombie = await loads.begin('readings', SEVEN);
    const asleep = failureOf(loads.stage(zombie));
    await waitUntil(() => isAsleep, { timeoutMs: 10_000 });
    answer = () => ({ items: [reading('a', 3)] });
    await loads.load('readings', SEVEN);
    release();
    expect((await asleep).type).toBe('LOAD_OVERTAKEN');
    expect(await staged()).toBe(0);
    expect(await env.rows('readings')).toMatchObject([{ sensor: 'a', value: 3 }]);
  });

  it('by another attempt of the same load can neither stage nor swap', async () => {
    const load = await loads.begin('readings', SEVEN);
    const first = await loads.stage(load);
    const second = await loads.stage(load);
    expect(second.attempt).toBeGreaterThan(first.attempt);
    expect(await failureOf(loads.swap(load, first))).toMatchObject({ type: 'LOAD_OVERTAKEN' });
    expect(await loads.swap(load, second)).toMatchObject({ rows: 1 });
  });

  it('by a later run takes no attempt any more', async () => {
    const old = await loads.begin('readings', SEVEN);
    const later = await loads.begin('readings', SEVEN);
    const staged = await loads.stage(later);
    expect(await failureOf(loads.stage(old))).toMatchObject({ type: 'LOAD_OVERTAKEN' });
    expect(await loads.swap(later, staged)).toMatchObject({ rows: 1 });
  });
});

it('a row at the end of the interval is refused, one just before it is not', async () => {
  const checked = async (hour: string) => {
    answer = () => ({ items: [reading('a', 1, hour)] });
    const load = await loads.begin('readings', SEVEN);
    await loads.check(load, await loads.stage(load));
  };
  await checked('2026-01-05T07:59:59.999Z');
  expect((await failureOf(checked(EIGHT))).type).toBe('LOAD_ROW_OUTSIDE');
});

describe('what a load left behind that never came to its swap', () => {
  const leftOf = async (load: Load) => [
    Number(
      (
        await env.db.query(
          `SELECT COUNT(*) AS n FROM ${env.names.storeSchema}.load_progress WHERE load_id = ?`,
          [load.loadId],
        )
      )[0]?.['n'],
    ),
    await staged(),
  ];

  it('is swept by the next load of the interval, and by none of another', async () => {
    const left = await loads.begin('readings', SEVEN);
    await loads.stage(left);
    answer = () => ({ items: [reading('a', 1, EIGHT)] });
    await loads.load('readings', EIGHT);
    expect(await leftOf(left)).toEqual([1, 1]);
    answer = () => ({ items: [reading('a', 1)] });
    await loads.load('readings', SEVEN);
    expect(await leftOf(left)).toEqual([0, 0]);
    await emptied('readings');
  });

  it('is not looked for among the loads that did: staging costs the same after any number of them', async () => {
    for (let load = 0; load < 5; load++) await loads.load('readings', SEVEN);
    const next = await loads.begin('readings', SEVEN);
    expect(await loads.deps.loads.leftoversOf(next)).toEqual([]);
    const stopped = await loads.begin('readings', SEVEN);
    await loads.stage(stopped);
    const last = await loads.begin('readings', SEVEN);
    expect(await loads.deps.loads.leftoversOf(last)).toEqual([stopped.loadId]);
    await loads.load('readings', SEVEN);
  });

  it('is found by its number, in a table with a column called id too', async () => {
    const row = { id: 1, at: SEVEN };
    answer = () => ({ items: [row] });
    await loads.load('numbered', SEVEN);
    const left = await loads.begin('numbered', SEVEN);
    await loads.stage(left);
    const next = await loads.begin('numbered', SEVEN);
    expect(await loads.deps.loads.leftoversOf(next)).toEqual([left.loadId]);
    expect(await loads.load('numbered', SEVEN)).toMatchObject({ rows: 1, replacedRows: 1 });
    expect(await staged('numbered')).toBe(0);
  });
});

describe('the swap', () => {
  it('done twice is a no-op the second time, and reports the same rows', async () => {
    const load = await loads.begin('readings', SEVEN);
    const done = await loads.stage(load);
    const first = await loads.swap(load, done);
    const before = await env.db.query(`SELECT * FROM ${env.names.storeSchema}.ledger`);
    expect(await loads.swap(load, done)).toMatchObject({ rows: first.rows, loadId: load.loadId });
    expect(await env.db.query(`SELECT * FROM ${env.names.storeSchema}.ledger`)).toEqual(before);
    expect(await env.rows('readings')).toHaveLength(1);
  });

  it('is never seen half: 20 readers see the old totals or the new ones', async () => {
    const totals = new Set<string>();
    const allowed = new Set<string>();
    const values = [1, 2, 3].map((value) => ({ value, count: 100 * value }));
    for (const { value, count } of values) allowed.add(`${count} ${value * count}`);
    answer = () => ({ items: readings(100, 1) });
    await loads.load('readings', SEVEN);
    const reader = connectMariaDb(env.config.mariadb, env.config.mariadb.reader, { connections: 20 });
    let isOver = false;
    let reads = 0;
    const read = async () => {
      while (!isOver) {
        const [row] = await reader.query(
          `SELECT COUNT(*) AS n, SUM(value) AS s FROM ${env.names.schema}.readings`,
        );
        totals.add(`${String(row?.['n'])} ${Number(row?.['s'])}`);
        reads++;
        await sleep(3);
      }
    };
    const readers = Array.from({ length: 20 }, read);
    try {
      for (let swap = 0; swap < 60; swap++) {
        const { value, count } = values[swap % values.length]!;
        answer = () => ({ items: readings(count, value) });
        await loads.load('readings', SEVEN);
      }
    } finally {
      isOver = true;
      await Promise.all(readers);
      await reader.close();
    }
    expect(reads).toBeGreaterThan(500);
    expect(new Set([...totals, ...allowed]), 'nothing but whole states').toEqual(allowed);
    expect(totals.size, 'and more than one of them was seen').toBeGreaterThan(1);
  });

  it('of many intervals at once comes through: what deadlocks is repeated', async () => {
    await emptied('readings');
    const hours = Array.from({ length: 8 }, (_, hour) => `2026-02-01T0${hour}:00:00Z`);
    answer = (url) => {
      const hour = url.searchParams.get('from') ?? '';
      return { items: readings(300, 1, hour) };
    };
    const swapped = async (hour: string, round = 0): Promise<void> => {
      const load = await loads.begin('readings', hour);
      const done = await loads.stage(load);
      for (let attempt = 0; attempt < 5; attempt++) {
        const outcome = await loads.swap(load, done).then(
          () => 'done',
          (error: Error & { type?: string }) => error.type ?? error.message,
        );
        if (outcome === 'done') break;
        expect(outcome, 'anything else would not be retried').toBe('MARIADB_UNAVAILABLE');
      }
      if (round < 3) await swapped(hour, round + 1);
    };
    await Promise.all(hours.map((hour) => swapped(hour)));
    const rows = await env.db.query(
      `SELECT _interval_start AS i, COUNT(*) AS n FROM ${env.names.schema}.readings GROUP BY i ORDER BY i`,
    );
    expect(rows).toEqual(hours.map((hour) => ({ i: hour.replace('T', ' ').replace('Z', ''), n: '300' })));
  });
});

describe('a key that another interval owns', () => {
  const item = (at: string) => ({ name: 'k', at, whole: 1, real: 1, words: null, yes: null, day: null });

  it('fails the load by name', async () => {
    answer = () => ({ items: [item(SEVEN)] });
    await loads.load('exact', SEVEN);
    answer = () => ({ items: [item(EIGHT)] });
    const failure = await failureOf(loads.load('exact', EIGHT));
    expect(failure.type).toBe('LOAD_KEY_TAKEN');
    expect(failure.message).toContain('{"name":"k","_interval_start":"2026-01-05 07:00:00"}');
  });

  it('fails it by name too when it is taken between the checks and the swap', async () => {
    await emptied('exact');
    answer = () => ({ items: [item(EIGHT)] });
    const late = await loads.begin('exact', EIGHT);
    const done = await loads.stage(late);
    await loads.check(late, done);
    answer = () => ({ items: [item(SEVEN)] });
    await loads.load('exact', SEVEN);
    expect((await failureOf(loads.swap(late, done))).type).toBe('LOAD_KEY_TAKEN');
    expect(await env.rows('exact')).toMatchObject([{ at: '2026-01-05 07:00:00.000' }]);
  });
});

it('a walk that was cut between two pages goes on after the last whole one', async () => {
  const pages = (url: URL): Answer => {
    const page = Number(url.searchParams.get('after') ?? 0);
    return { items: [reading(`p${page}`, page)], next: page < 9 ? String(page + 1) : null };
  };
  let asked: string[] = [];
  let isDown = true;
  answer = (url) => {
    asked.push(url.searchParams.get('after') ?? '0');
    return isDown && asked.length > 4 ? { status: 503, body: '{}' } : pages(url);
  };
  const load = await loads.begin('readings', SEVEN);
  expect((await failureOf(loads.stage(load))).type).toBe('HTTP_STATUS');
  asked = [];
  isDown = false;
  const done = await loads.stage(load);
  expect(asked).toEqual(['4', '5', '6', '7', '8', '9']);
  expect(done.rows).toBe(10);
  await loads.check(load, done);
  expect(await loads.swap(load, done)).toMatchObject({ rows: 10 });
});

it('a connection that is killed in the middle of a stage leaves nothing half, and the next try comes through', async () => {
  await emptied('readings');
  const killer = connectMariaDb(
    env.config.mariadb,
    { user: 'root', password: env.config.secret('MILLRACE_MARIADB_ROOT_PASSWORD') ?? '' },
    { connections: 1 },
  );
  let kills = 0;
  let isOver = false;
  const killing = (async () => {
    while (!isOver && kills < 10) {
      const rows = await killer.query(
        'SELECT id FROM information_schema.processlist WHERE user = ? AND db IS NULL AND info LIKE ?',
        [env.config.mariadb.worker.user, `INSERT INTO %${env.names.storeSchema}%stage_readings%`],
      );
      for (const { id } of rows) {
        await killer.execute(`KILL ${String(id)}`).then(
          () => kills++,
          () => undefined,
        );
      }
    }
  })();
  try {
    const outcomes = new Set<string>();
    for (let round = 0; kills < 10 && round < 10; round++) {
      answer = () => ({ items: readings(5_000, round) });
      const load = await loads.begin('readings', SEVEN);
      for (let attempt = 0; attempt < 20; attempt++) {
        const outcome = await loads.stage(load).then(
          ({ rows }) => rows,
          (error: Error & { type?: string }) => error.type ?? error.message,
        );
        outcomes.add(String(outcome));
        expect([0, 5_000], 'pages are whole or absent').toContain(await staged());
        if (outcome === 5_000) break;
      }
      await env.db.execute(`DELETE FROM ${env.names.storeSchema}.stage_readings`);
    }
    expect(kills).toBeGreaterThanOrEqual(10);
    expect(outcomes, 'a retry helps, and is told so').toEqual(new Set(['5000', 'MARIADB_UNAVAILABLE']));
  } finally {
    isOver = true;
    await killing;
    await killer.close();
  }
  answer = () => ({ items: readings(5_000, 1) });
  expect(await loads.load('readings', SEVEN)).toMatchObject({ rows: 5_000 });
  expect(await staged()).toBe(0);
});

describe('values arrive exactly as the vendor sent them:', () => {
  const base = { at: SEVEN, whole: null, real: null, words: null, yes: null, day: null };
  const KEYS = [
    'AA',
    'aa',
    'a',
    'a ',
    'a  ',
    ' a',
    '',
    'é',
    'e\u0301',
    '😀',
    '👩‍👩‍👧',
    "'; DROP TABLE x; --",
    '`',
    '"',
    '\\',
    "\\'",
    '%',
    '\u0000',
    '\n',
    '\t',
    '?',
    '??',
    ':name',
    'x'.repeat(255),
    '😀'.repeat(127),
    'ß',
    'ss',
    'ı',
    'i',
  ];

  it('keys that differ in any byte are different keys', async () => {
    await emptied('exact');
    answer = () => ({ items: KEYS.map((name) => ({ ...base, name })) });
    expect(await loads.load('exact', SEVEN)).toMatchObject({ rows: KEYS.length });
    const rows = await env.db.query(`SELECT name FROM ${env.names.schema}.exact`);
    expect(rows.map(({ name }) => String(name)).sort()).toEqual([...KEYS].sort());
  });

  const VALUES: [column: string, sent: unknown, kept: unknown][] = [
    ['whole', 2 ** 53 - 1, '9007199254740991'],
    ['whole', -(2 ** 53 - 1), '-9007199254740991'],
    ['whole', 0, '0'],
    ['whole', null, null],
    ['real', 0.1 + 0.2, 0.1 + 0.2],
    ['real', Number.MAX_VALUE, Number.MAX_VALUE],
    ['real', -2.2250738585072014e-308, -2.2250738585072014e-308],
    ['real', 1 / 3, 1 / 3],
    ['real', 123456789.12345679, 123456789.12345679],
    ['real', 1e21, 1e21],
    ['words', '', ''],
    ['words', 'null', 'null'],
    [
      'words',
      "quotes ' \" ` and \\ backslashes \\\\ \\' \\n",
      "quotes ' \" ` and \\ backslashes \\\\ \\' \\n",
    ],
    ['words', '😀 \u0000 \r\n\t end ', '😀 \u0000 \r\n\t end '],
    ['words', '? ?? :x ${y} {z}', '? ?? :x ${y} {z}'],
    ['yes', true, 1],
    ['yes', false, 0],
    ['day', '2024-02-29', '2024-02-29'],
    ['at', '2026-01-05T07:59:59.999Z', '2026-01-05 07:59:59.999'],
    ['at', '2026-01-05T07:00:00.001Z', '2026-01-05 07:00:00.001'],
  ];

  it('each type keeps its extremes', async () => {
    await emptied('exact');
    answer = () => ({
      items: VALUES.map(([column, sent], index) => ({ ...base, name: `v${index}`, [column]: sent })),
    });
    await loads.load('exact', SEVEN);
    const rows = await env.db.query(
      `SELECT * FROM ${env.names.schema}.exact ORDER BY CAST(SUBSTR(name, 2) AS INT)`,
    );
    expect(rows.map((row, index) => row[VALUES[index]![0]])).toEqual(VALUES.map(([, , kept]) => kept));
  });
});

it('a table may be called progress', async () => {
  answer = () => ({ items: [{ at: SEVEN }] });
  expect(await loads.load('progress', SEVEN)).toMatchObject({ rows: 1 });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { carryOut } from '../../../../src/apply/carry-out.ts';
import { refuse } from '../../../../src/apply/refuse.ts';
import { survey } from '../../../../src/apply/survey.ts';
import { uuidOf } from '../../../../src/targets/superset/asset.ts';
import { loadConfig, type Overrides } from '../../../../src/config.ts';
import { PACKAGE_DIR } from '../../../../src/package.ts';
import type { Definition } from '../../../../src/definition/definition.ts';
import type { RecordedObject } from '../../../../src/store/objects.ts';
import { openSuperset } from '../../../../src/targets/superset/target.ts';

const CLAIMED: RecordedObject = { hash: '' };
const DATABASES = ['database MariaDB', 'database Druid'];

const people: Definition = {
  kind: 'external',
  name: 'people',
  fields: [{ name: 'id', type: 'text', nullable: false, optional: false }],
};

/** A stand-in for Superset's API on a port of its own: it lists what it was given, and notes what is imported. */
let superset: {
  server: Server;
  url: string;
  lists: Record<string, object[]>;
  imports: { cookie: string | undefined; token: unknown; connection: string | undefined; body: string }[];
  /** What an import answers. */
  answer: { status: number; body: string };
};
let owned: Map<string, RecordedObject>;

beforeEach(async () => {
  owned = new Map();
  const server = createServer((request, response) => {
    void answer(request).then(({ status = 200, body, headers = {} }) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  superset = { server, url, lists: {}, imports: [], answer: { status: 200, body: '{"message":"OK"}' } };
});

afterEach(async () => {
  await new Promise((resolve) => superset.server.close(resolve));
});

test('the first apply imports each object, with the CSRF token, its session and the password beside it', async () => {
  expect(await changes()).toEqual([...DATABASES, 'dataset people'].map((object) => `create ${object}`));
  expect(superset.imports).toHaveLength(3);
  expect(superset.imports[0]).toMatchObject({ cookie: 'session=of-the-token', token: 'csrf' });
  expect(superset.imports[0]?.body).toContain('{"databases/mariadb.yaml":"reader-pass"}');
  expect(superset.imports[2]?.body).toContain('bundle/datasets/mariadb/people.yaml');
  const hashes = [...owned.values()].map(({ hash }) => hash);
  expect(hashes).toEqual([1, 2, 3].map(() => expect.stringMatching(/^[0-9a-f]{64}$/) as string));
  expect(JSON.stringify([...owned])).not.toContain('reader-pass');
});

test('each request has a connection of its own, so that none is lost on one that Superset is just ending', async () => {
  await changes();
  expect(superset.imports[0]?.connection).toBe('close');
});

test('a second apply with nothing changed writes nothing', async () => {
  await changes();
  listImported();
  expect(await changes()).toEqual([...DATABASES, 'dataset people'].map((object) => `unchanged ${object}`));
  expect(superset.imports).toHaveLength(3);
});

test('what somebody deleted in Superset is made again, and nothing else is written', async () => {
  await changes();
  listImported();
  superset.lists['dataset'] = [];
  expect(await changes()).toContain('create dataset people');
  expect(superset.imports).toHaveLength(4);
  expect(superset.imports[3]?.body).toContain('people.yaml');
});

describe('before anything is written', () => {
  const view: Definition = { kind: 'view', name: 'combined', sql: ['SELECT 1'] };
  const theirs = { id: 4, uuid: 'somebody' };
  const ours = (object: string, id: number) => ({ id, uuid: uuidOf('dev', object) });
  const database = { ...ours('database MariaDB', 1), database_name: 'millrace dev MariaDB' };
  const dashboards = path.join(PACKAGE_DIR, 'examples', 'flights', 'superset');
  const read = ['departures', 'weather', 'departures_hourly', 'delays_by_weather', 'airlines'];

  test.each([
    {
      what: 'a database with our title',
      lists: { database: [{ ...theirs, database_name: 'millrace dev Druid' }] },
      object: 'database Druid',
    },
    {
      what: 'a dataset of our table in our database',
      lists: {
        database: [database],
        dataset: [{ ...theirs, table_name: 'people', schema: 'millrace_dev' }],
      },
      object: 'dataset people',
    },
    {
      what: 'a dataset of a view, whose columns nobody knows yet,',
      lists: {
        database: [database],
        dataset: [{ ...theirs, table_name: 'combined', schema: 'millrace_dev' }],
      },
      object: 'dataset combined',
    },
    {
      what: 'a dashboard with our slug',
      lists: { dashboard: [{ ...theirs, slug: 'dev-flights' }] },
      object: 'dashboard flights',
    },
  ])('$what that millrace did not make is refused', async ({ lists, object }) => {
    owned.set('database MariaDB', CLAIMED);
    superset.lists = lists;
    const definitions = [people, view, ...read.map((name): Definition => ({ ...people, name }))];
    await expect(refusal(definitions, { MILLRACE_DASHBOARDS: dashboards })).rejects.toMatchObject({
      code: 'OBJECT_FOREIGN',
      message: expect.stringMatching(`our ${object} .*id is 4`) as string,
    });
    expect(superset.imports).toEqual([]);
    expect([...owned]).toEqual([['database MariaDB', CLAIMED]]);
  });

  test("what is ours, and another database's dataset of the same table, are let pass", async () => {
    owned.set('database MariaDB', CLAIMED).set('dataset people', CLAIMED);
    superset.lists = {
      database: [database, { id: 3, uuid: 'other', database_name: 'millrace prod MariaDB' }],
      dataset: [{ ...ours('dataset people', 5), table_name: 'people', schema: 'millrace_dev' }],
    };
    await refusal([people]);
  });

  test("a malformed dashboard is refused by its file's name", async () => {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'millrace-dashboards-'));
    mkdirSync(path.join(dir, 'web'));
    writeFileSync(path.join(dir, 'web', 'dashboard.yaml'), 'uuid: web');
    try {
      await expect(refusal([people], { MILLRACE_DASHBOARDS: dir })).rejects.toMatchObject({
        code: 'DEFINITION_INVALID',
        message: expect.stringContaining('dashboard.yaml') as string,
      });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  test('nothing is asked where Superset is not configured', async () => {
    await refusal([people], { MILLRACE_SUPERSET_URL: '' });
  });

  test.each<{ name: string; variables: Overrides; code: string }>([
    {
      name: 'a wrong password',
      variables: { MILLRACE_SUPERSET_PASSWORD: 'wrong-pass' },
      code: 'SUPERSET_REFUSED',
    },
    {
      name: 'an address where nothing listens',
      variables: { MILLRACE_SUPERSET_URL: 'http://127.0.0.1:1' },
      code: 'SUPERSET_UNAVAILABLE',
    },
  ])('$name is found', async ({ variables, code }) => {
    await expect(refusal([people], variables)).rejects.toMatchObject({ code });
  });

  async function refusal(definitions: Definition[], variables: Overrides = {}): Promise<void> {
    refuse(await asked(variables, definitions));
  }
});

test('an apply that died within the import is repeated', async () => {
  superset.answer = { status: 504, body: '' };
  await expect(changes()).rejects.toMatchObject({ code: 'SUPERSET_UNAVAILABLE' });
  // Superset went on, and had made what it was given.
  listImported();
  superset.answer = { status: 200, body: '{"message":"OK"}' };
  expect(await changes()).toEqual([
    'update database MariaDB',
    'create database Druid',
    'create dataset people',
  ]);
});

test.each([
  {
    name: 'a refusal says what Superset said',
    status: 422,
    body: '{"message":"no such engine"}',
    says: /422.*no such engine/,
  },
  { name: 'a redirect to the login page is a refusal', status: 302, body: '', says: /302.*Admin/ },
  {
    name: 'a password in the answer is not shown',
    status: 500,
    body: '{"message":"at reader-pass"}',
    says: /at \*\*\*/,
  },
])('$name', async ({ status, body, says }) => {
  superset.answer = { status, body };
  const error: unknown = await changes().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'SUPERSET_REFUSED', message: expect.stringMatching(says) as string });
  expect(String(error)).not.toContain('reader-pass');
});

test('a wrong password names the settings to check, and not the password', async () => {
  const error: unknown = await changes({ MILLRACE_SUPERSET_PASSWORD: 'wrong-pass' }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'SUPERSET_REFUSED',
    message: expect.stringContaining('MILLRACE_SUPERSET_PASSWORD') as string,
  });
  expect(String(error)).not.toContain('wrong-pass');
});

test('an address where nothing listens is named together with the remedy', async () => {
  const error: unknown = await changes({ MILLRACE_SUPERSET_URL: 'http://127.0.0.1:1' }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'SUPERSET_UNAVAILABLE',
    message: expect.stringMatching(/127\.0\.0\.1:1 .*stack up/) as string,
  });
});

async function changes(variables: Overrides = {}): Promise<string[]> {
  const surveyed = await asked(variables, [people]);
  refuse(surveyed);
  const made = await carryOut(surveyed, {
    record: {
      record: async (_system, object, recorded) => void owned.set(object, recorded),
      forget: async (_system, object) => void owned.delete(object),
    },
    check: async () => undefined,
    onChange: () => undefined,
  });
  return made.map(({ action, object }) => `${action} ${object}`);
}

function asked(variables: Overrides, definitions: Definition[]) {
  const config = loadConfig({
    MILLRACE_HOME: 'no-such-folder',
    MILLRACE_DASHBOARDS: 'no-such-folder',
    MILLRACE_SUPERSET_URL: superset.url,
    MILLRACE_SUPERSET_PASSWORD: 'right-pass',
    MILLRACE_MARIADB_READER_PASSWORD: 'reader-pass',
    ...variables,
  });
  const target = openSuperset(config);
  return survey(config, target === undefined ? [] : [target], definitions, new Map([['superset', owned]]));
}

/** Superset lists from now on what the imports held. */
function listImported(): void {
  const files = superset.imports.flatMap(({ body }) => [
    ...body.matchAll(/\{"(?:database_name|table_name)".*?"version":"1\.0\.0"\}/g),
  ]);
  const objects = files.map(([file], index) => ({
    id: index + 1,
    ...(JSON.parse(file) as Record<string, unknown>),
  }));
  superset.lists['database'] = objects.filter((object) => 'database_name' in object);
  superset.lists['dataset'] = objects.filter((object) => 'table_name' in object);
}

/** One object as Superset shows it, from the file that made it. */
function shown(kind: string, id: string): object {
  const file = (superset.lists[kind] ?? []).find((one) => (one as { id: number }).id === Number(id));
  const { extra = {}, database_uuid: uuid = '' } = (file ?? {}) as Record<string, unknown>;
  const empty = kind === 'database' ? { sqlalchemy_uri: '' } : { columns: [], metrics: [] };
  return { ...empty, ...file, extra: JSON.stringify(extra), database: { uuid } };
}

async function answer(
  request: IncomingMessage,
): Promise<{ status?: number; body: string; headers?: Record<string, string> }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const path = new URL(request.url ?? '', superset.url).pathname;
  const [kind = '', id] = path.replace('/api/v1/', '').split('/');
  if (path.endsWith('/login'))
    return body.includes('right-pass') ? { body: '{"access_token":"t"}' } : { status: 401, body: '{}' };
  if (path.endsWith('/csrf_token/'))
    return { body: '{"result":"csrf"}', headers: { 'set-cookie': 'session=of-the-token; Path=/' } };
  if (kind === 'assets') {
    const { cookie, connection, 'x-csrftoken': token } = request.headers;
    superset.imports.push({ cookie, token, connection, body });
    return superset.answer;
  }
  if (id && !id.startsWith('?')) return { body: JSON.stringify({ result: shown(kind, id) }) };
  // Superset filters datasets by the database's id, which stands in the query.
  const isDruid = /value:2/.test(decodeURIComponent(request.url ?? ''));
  const result = kind === 'dataset' && isDruid ? [] : (superset.lists[kind] ?? []);
  return { body: JSON.stringify({ count: result.length, result }) };
}

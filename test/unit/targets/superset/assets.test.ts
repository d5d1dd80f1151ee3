import { describe, expect, test } from 'vitest';
import { crc32 } from 'node:zlib';
import { uuidOf } from '../../../../src/targets/superset/asset.ts';
import { databaseAssets } from '../../../../src/targets/superset/databases.ts';
import { datasetAsset, withAdditions } from '../../../../src/targets/superset/datasets.ts';
import { zipOf } from '../../../../src/targets/superset/zip.ts';
import { loadConfig, type Overrides } from '../../../../src/config.ts';
import type { Definition, Field } from '../../../../src/definition/definition.ts';
import { namesFor } from '../../../../src/names.ts';
import type { Known } from '../../../../src/targets/target.ts';
import { knownOf } from '../../../support/known.ts';

const names = namesFor('dev');

test('a uuid is the version 5 uuid of env and object', () => {
  expect(uuidOf('dev', 'database Druid')).toBe('a1534e69-277d-5eec-a73f-704a7a998909');
  expect(uuidOf('prod', 'database Druid')).not.toBe(uuidOf('dev', 'database Druid'));
});

test('a zip holds each file under its path, with its length and checksum, in both headers', () => {
  const zip = zipOf(
    new Map([
      ['b/ä.yaml', 'hello'],
      ['b/c.yaml', ''],
    ]),
  );
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  expect([zip.readUInt16LE(end + 8), zip.readUInt16LE(end + 10)]).toEqual([2, 2]);
  const directory = zip.readUInt32LE(end + 16);
  expect(directory + zip.readUInt32LE(end + 12)).toBe(end);
  expect(zip.readUInt32LE(directory)).toBe(0x02014b50);
  expect(zip.readUInt32LE(directory + 16)).toBe(0x3610a686);
  expect(zip.readUInt32LE(directory + 42)).toBe(0);
  expect(zip.subarray(directory + 46, directory + 46 + zip.readUInt16LE(directory + 28)).toString()).toBe(
    'b/ä.yaml',
  );
  const name = zip.readUInt16LE(26);
  const body = zip.subarray(30 + name, 30 + name + zip.readUInt32LE(18));
  expect(body.toString()).toBe('hello');
  expect(zip.readUInt32LE(14)).toBe(crc32('hello'));
});

describe('databases', () => {
  test.each<{ name: string; variables: Overrides; mariadb?: string; druid?: string; extra?: unknown }>([
    {
      name: 'MariaDB is read as the reader, with the password beside the file',
      variables: {},
      mariadb: 'mysql+pymysql://reader:XXXXXXXXXX@db.example:3307/millrace_dev?charset=utf8mb4',
      druid: 'druid://router.example:8888/druid/v2/sql',
      extra: {},
    },
    {
      name: "Superset's own addresses win over ours",
      variables: {
        MILLRACE_SUPERSET_MARIADB_ADDRESS: 'mariadb:3306',
        MILLRACE_SUPERSET_DRUID_ADDRESS: 'router:80',
      },
      mariadb: 'mysql+pymysql://reader:XXXXXXXXXX@mariadb:3306/millrace_dev?charset=utf8mb4',
      druid: 'druid://router:80/druid/v2/sql',
    },
    {
      name: 'a Druid with TLS and basic authentication',
      variables: {
        MILLRACE_DRUID_URL: 'https://d.example',
        MILLRACE_DRUID_USERNAME: 'a@b',
        MILLRACE_DRUID_PASSWORD: 'druid-pass',
      },
      druid: 'druid+https://a%40b:XXXXXXXXXX@d.example/druid/v2/sql',
    },
    {
      name: "a MariaDB with TLS and a CA file on Superset's machine",
      variables: { MILLRACE_MARIADB_TLS: '1', MILLRACE_SUPERSET_MARIADB_CA: '/certs/ca.pem' },
      extra: { engine_params: { connect_args: { ssl: { ca: '/certs/ca.pem' } } } },
    },
  ])('$name', ({ variables, mariadb, druid, extra }) => {
    const assets = databases(variables);
    const [first, second] = assets.map(({ files }) => Object.values(files)[0]);
    if (mariadb !== undefined) expect(first?.['sqlalchemy_uri']).toBe(mariadb);
    if (druid !== undefined) expect(second?.['sqlalchemy_uri']).toBe(druid);
    if (extra !== undefined) expect(first?.['extra']).toEqual(extra);
    expect(first?.['allow_dml']).toBe(false);
    const recorded = assets.map(({ files, fields, unseen }) => ({ files, fields, unseen }));
    expect(JSON.stringify(recorded)).not.toMatch(/reader-pass|druid-pass/);
    expect(assets[0]?.passwords).toEqual({ 'databases/mariadb.yaml': 'reader-pass' });
  });

  test('a new password of the reader shows in the fingerprint of MariaDB alone', () => {
    const before = databases({}).map(({ unseen }) => unseen);
    const after = databases({ MILLRACE_MARIADB_READER_PASSWORD: 'another' }).map(({ unseen }) => unseen);
    expect(after[0]).not.toEqual(before[0]);
    expect(after[1]).toEqual(before[1]);
  });
});

describe('datasets', () => {
  const definitions: Definition[] = [
    {
      kind: 'stream',
      name: 'clicks',
      fields: [field('id', 'text'), field('at', 'timestamp'), field('n', 'integer')],
      id: 'id',
      time: 'at',
      dedupeMs: 0,
      partitions: 1,
      version: 2,
    },
    {
      kind: 'external',
      name: 'people',
      schema: 'crm',
      fields: [field('born', 'date'), field('score', 'number')],
    },
    { kind: 'view', name: 'combined', sql: ['SELECT 1'] },
  ];

  test.each([
    {
      object: 'dataset clicks',
      table: 'dev_clicks_v2',
      schema: 'druid',
      time: '__time',
      columns: ['__time TIMESTAMP time', 'id VARCHAR', 'n BIGINT'],
    },
    {
      object: 'dataset people',
      table: 'people',
      schema: 'crm',
      time: 'born',
      columns: ['born DATE time', 'score DOUBLE'],
    },
    {
      object: 'dataset combined',
      table: 'combined',
      schema: 'millrace_dev',
      time: 'hour',
      columns: ['hour DATETIME time', 'flights BIGINT', 'name VARCHAR(255)', 'sum DECIMAL(32,0)'],
    },
  ])('$object has the columns and types of its table', ({ object, table, schema, time, columns }) => {
    const asset = datasets().find((one) => one.object === object);
    const file = Object.values(asset?.files ?? {})[0];
    expect(file).toMatchObject({ table_name: table, schema, main_dttm_col: time });
    const listed = file?.['columns'] as { column_name: string; type: string; is_dttm: boolean }[];
    expect(listed.map((one) => `${one.column_name} ${one.type}${one.is_dttm ? ' time' : ''}`)).toEqual(
      columns,
    );
  });

  test('the columns of a view that is yet to be made are not known', () => {
    const asset = datasets(() => undefined).find(({ object }) => object === 'dataset combined');
    expect(asset?.fields['columns']).toEqual({ $unknown: 'known once view combined is made' });
    expect(asset?.fields).not.toHaveProperty('main_dttm_col');
  });

  test("an update keeps people's calculated columns and metrics, and drops columns that the table lost", () => {
    const [asset] = datasets();
    if (asset === undefined) throw new Error('no dataset');
    const updated = withAdditions(asset, {
      columns: [
        { column_name: 'lost', expression: null },
        { column_name: 'n', expression: '' },
        { column_name: 'isMany', expression: 'n > 5' },
      ],
      metrics: [
        { metric_name: 'count', expression: 'COUNT(1)' },
        { metric_name: 'total', expression: 'SUM(n)' },
      ],
    });
    const file = Object.values(updated.files)[0] as { columns: { column_name: string }[]; metrics: object[] };
    expect(file.columns.map((column) => column.column_name)).toEqual(['__time', 'id', 'n', 'isMany']);
    expect(file.metrics).toMatchObject([
      { expression: 'COUNT(*)' },
      { metric_name: 'total', expression: 'SUM(n)' },
    ]);
  });

  function datasets(held: Known['held'] = () => ({ columns: VIEW_COLUMNS })) {
    const byName = new Map(definitions.map((definition) => [definition.name, definition]));
    const known = knownOf({ config: config({}), names, definitions: byName, held });
    return definitions.map((definition) => datasetAsset(definition, known));
  }
});

const VIEW_COLUMNS = {
  hour: 'datetime(3)',
  flights: 'bigint(20)',
  name: 'varchar(255)',
  sum: 'decimal(32,0)',
};

function databases(variables: Overrides) {
  const settings = config(variables);
  if (settings.superset === undefined) throw new Error('no Superset');
  return databaseAssets(settings, settings.superset, names);
}

function config(variables: Overrides) {
  return loadConfig({
    MILLRACE_HOME: 'no-such-folder',
    MILLRACE_SUPERSET_URL: 'http://superset.example',
    MILLRACE_MARIADB_HOST: 'db.example',
    MILLRACE_MARIADB_PORT: '3307',
    MILLRACE_MARIADB_READER_USER: 'reader',
    MILLRACE_MARIADB_READER_PASSWORD: 'reader-pass',
    MILLRACE_DRUID_URL: 'http://router.example:8888',
    ...variables,
  });
}

function field(name: string, type: Field['type']): Field {
  return { name, type, nullable: false, optional: false };
}

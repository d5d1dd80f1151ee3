import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMariaDb, type Database, type Scalar } from '../../src/clients/mariadb.ts';
import type { Field, TableDefinition } from '../../src/definition/definition.ts';
import { namesFor } from '../../src/names.ts';
import { packetBytes } from '../../src/clients/mariadb-insert.ts';
import { stagingOf } from '../../src/store/staging.ts';
import { tableText } from '../../src/targets/mariadb/columns.ts';
import { stagingFields } from '../../src/targets/mariadb/table-fields.ts';
import { startMariaDb, type PrivateServer } from '../support/private-server.ts';

/** What the server of this test takes in one statement. */
const PACKET_BYTES = 1_048_576;
/** A text column holds 65,535 bytes. */
const TEXTS = Array.from({ length: 20 }, (_, index) => `t${index}`);

const field = (name: string, type: Field['type']): Field => ({ name, type, nullable: true, optional: false });
const definition = {
  kind: 'pull',
  name: 'notes',
  key: ['id'],
  time: 'at',
  fields: [field('id', 'integer'), field('at', 'timestamp'), ...TEXTS.map((name) => field(name, 'text'))],
} as TableDefinition;
const names = namesFor('packet');
const staging = stagingOf(definition, names);

let server: PrivateServer;
let db: Database;

beforeAll(async () => {
  server = await startMariaDb('packet', [`--max-allowed-packet=${PACKET_BYTES}`]);
  const admin = { user: 'millrace_admin', password: server.home.secrets.mariadbAdmin };
  const config = { host: '127.0.0.1', port: server.port, worker: admin, admin, reader: admin };
  db = connectMariaDb(config, admin, { connections: 2 });
  await db.execute(`CREATE DATABASE ${names.storeSchema} DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin`);
  const text = tableText(stagingFields(definition));
  await db.execute(`CREATE TABLE ${names.storeSchema}.stage_notes ${text}`);
});

afterAll(async () => {
  await db.close();
  await server.stop();
});

/** A row with this text in each of so many columns. */
const row = (id: number, text: string, columns = TEXTS.length): Scalar[] => [
  id,
  '2026-01-05 07:00:00.000',
  ...TEXTS.map((_, index) => (index < columns ? text : null)),
];
const append = async (loadId: string, rows: Scalar[][]) => {
  const statements = staging.appending(loadId, rows, 0, await packetBytes(db));
  await db.transaction(async (tx) => {
    for (const statement of statements) await tx.execute(statement);
  });
};
const staged = (loadId: string) =>
  db.query(
    `SELECT COUNT(*) AS n, SUM(LENGTH(t0)) AS bytes, MIN(t0) AS least, MAX(t0) AS most
     FROM ${names.storeSchema}.stage_notes WHERE _load_id = ?`,
    [loadId],
  );

describe('rows that would not fit into one statement', () => {
  it.each([
    ['plain', '10', 'x'.repeat(3_000)],
    ['of characters that SQL writes as two', '11', '\'"\\\n?'.repeat(600)],
    ['of characters that have four bytes', '12', '😀'.repeat(750)],
  ])('%s are staged by several, and arrive as they were', async (_, loadId, text) => {
    await append(
      loadId,
      Array.from({ length: 1_000 }, (_, id) => row(id, text, 1)),
    );
    const bytes = String(1_000 * Buffer.byteLength(text));
    expect(await staged(loadId)).toEqual([{ n: '1000', bytes, least: text, most: text }]);
  });
});

describe('one row', () => {
  it('just below what the server takes is staged', async () => {
    await append('1', [row(1, 'x'.repeat(52_300))]);
    expect(await staged('1')).toMatchObject([{ n: '1', bytes: '52300' }]);
  });

  it('above it fails by name, for good, and what was before it in the same page is not staged either', async () => {
    const failure = append('2', [row(1, 'x'), row(2, "'".repeat(40_000))]);
    await expect(failure).rejects.toMatchObject({ code: 'ROW_TOO_LARGE', retryable: false });
    const message = await failure.catch((error: Error) => error.message);
    expect(message).toMatch(/pull 'notes': the row \{"id":2\} takes 1,6\d\d,\d{3} bytes/);
    expect(message).toContain("MariaDB's max_allowed_packet is 1,048,576");
    expect(await staged('2')).toMatchObject([{ n: '0' }]);
  });
});

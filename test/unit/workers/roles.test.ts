import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE_DIR } from '../../../src/package.ts';
import { parseRoles, ROLE_NAMES, ROLES } from '../../../src/workers/roles/index.ts';

test.each([
  [undefined, ['live', 'bulk', 'ingest']],
  ['live', ['live']],
  ['ingest, bulk', ['bulk', 'ingest']],
  ['ingest,ingest', ['ingest']],
])('the roles %j are %j', (text, roles) => {
  expect(parseRoles(text)).toEqual(roles);
});

test('an unknown role is refused by name', () => {
  expect(() => parseRoles('live,cook')).toThrow(
    /Unknown roles: cook. A worker's roles are live, bulk, ingest/,
  );
});

test('every role is a file of its own, and every file is a role', async () => {
  const files = readdirSync(path.join(PACKAGE_DIR, 'src/workers/roles')).filter(
    (file) => file !== 'index.ts',
  );
  expect(files.sort()).toEqual(ROLE_NAMES.map((role) => `${role}.ts`).sort());
  for (const role of ROLE_NAMES) expect(await ROLES[role]()).toBeTypeOf('function');
});

test('a process for events alone loads nothing of the Temporal worker', () => {
  const loaded = (role: string) => {
    const script = `
      import { createRequire } from 'node:module';
      import { runWorker } from './src/workers/worker.ts';
      import { ROLES } from './src/workers/roles/index.ts';
      await ROLES['${role}']();
      const files = Object.keys(createRequire(process.cwd() + '/x.js').cache);
      console.log(files.filter((file) => /@temporalio.(worker|core-bridge)/.test(file)).length > 0);
    `;
    const args = ['--import', 'tsx', '--input-type', 'module', '--eval', script];
    return execFileSync(process.execPath, args, { cwd: PACKAGE_DIR, encoding: 'utf8' }).trim();
  };
  expect(loaded('ingest')).toBe('false');
  expect(loaded('live')).toBe('true');
}, 30_000);

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readDefinitions } from '../../../src/apply/read-definitions.ts';
import { makeProject } from '../../../src/cli/init/make-project.ts';
import { PACKAGE_DIR } from '../../../src/package.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'millrace-init-'));
  vi.stubEnv('MILLRACE_HOME', path.join(root, 'home'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const textOf = (...parts: string[]) => readFileSync(path.join(root, ...parts), 'utf8');

it('a project has definitions with an example, settings, a check for CI, and this very millrace', () => {
  const { files } = makeProject(path.join(root, 'shop'), { isBare: false });
  for (const file of files) expect(textOf('shop', file), file).not.toMatch(/\{\{\w+\}\}/);
  expect(files.sort()).toEqual([
    '.env',
    '.env.example',
    '.github/workflows/check.yml',
    '.gitignore',
    'README.md',
    'package.json',
    'pipelines/shop.ts',
    'superset/README.md',
    'tsconfig.json',
    'vendor.mjs',
  ]);
  const { name, type, dependencies } = JSON.parse(textOf('shop', 'package.json')) as {
    name: string;
    type: string;
    dependencies: { millrace: string };
  };
  expect({ name, type }).toEqual({ name: 'shop', type: 'module' });
  expect(path.resolve(root, 'shop', dependencies.millrace.replace('file:', ''))).toBe(PACKAGE_DIR);
  expect(textOf('shop', '.env')).toContain('MILLRACE_ENV=shop\n');
  expect(textOf('shop', '.env')).not.toContain('MILLRACE_HOME');
});

it('the example of a new project is right', async () => {
  // Inside the package, where 'millrace' is found before anything was installed.
  const dir = mkdtempSync(path.join(PACKAGE_DIR, 'examples', 'flights', '.millrace-init-'));
  try {
    makeProject(path.join(dir, 'shop'), { isBare: false });
    const found = await readDefinitions(path.join(dir, 'shop', 'pipelines'));
    expect(found.map(({ definition }) => definition.name)).toEqual([
      'orders',
      'orders_hourly',
      'rates',
      'revenue',
    ]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

it('a bare project has no example', () => {
  const { files } = makeProject(path.join(root, 'shop'), { isBare: true });
  expect(files).toContain('pipelines/.gitkeep');
  expect(files).not.toContain('vendor.mjs');
  expect(textOf('shop', '.env')).not.toContain('RATES');
  expect(textOf('shop', 'README.md')).not.toContain('vendor.mjs');
});

it('beside a stack that runs, a project uses it', () => {
  mkdirSync(path.join(root, 'home'));
  writeFileSync(path.join(root, 'home', 'stack.env'), 'MILLRACE_KAFKA_BROKERS=127.0.0.1:19092\n');
  const { sharesStackOf } = makeProject(path.join(root, 'shop'), { isBare: false });
  expect(sharesStackOf).toBe(path.relative(process.cwd(), path.join(root, 'home')));
  expect(textOf('shop', '.env')).toContain('MILLRACE_HOME=../home\n');
  expect(textOf('shop', '.env.example')).not.toContain('MILLRACE_HOME');
  expect(textOf('shop', 'README.md')).toContain('kcat -P -b 127.0.0.1:19092 -t shop.orders.raw');
});

it.each([
  ['My Shop!', 'my-shop', 'myshop'],
  ['2nd_try', '2nd-try', 'p2ndtry'],
  ['42', '42', 'p42'],
])('a folder called %j is the project %j in the env %j', (folder, name, env) => {
  makeProject(path.join(root, folder), { isBare: true });
  expect(textOf(folder, 'package.json')).toContain(`"name": "${name}"`);
  expect(textOf(folder, '.env')).toContain(`MILLRACE_ENV=${env}\n`);
});

it.each([
  [
    'a folder with files',
    (place: string) => mkdirSync(path.join(place, 'x'), { recursive: true }),
    /is not empty \(x\)/,
  ],
  ['a file', (place: string) => writeFileSync(place, ''), /is a file/],
])('%s is left as it is', (_what, make, says) => {
  const place = path.join(root, 'shop');
  make(place);
  expect(() => makeProject(place, { isBare: false })).toThrow(says);
  expect(existsSync(path.join(place, 'package.json'))).toBe(false);
});

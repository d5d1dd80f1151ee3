import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PACKAGE_DIR } from '../../../src/package.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'millrace-check-'));
  mkdirSync(path.join(folder, 'pipelines'));
  writeFileSync(path.join(folder, 'pipelines', 'a.ts'), "throw new Error('not today');\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const check = (...args: string[]) =>
  spawnSync(process.execPath, [path.join(PACKAGE_DIR, 'bin', 'millrace.mjs'), 'check', ...args], {
    env: { ...process.env, MILLRACE_PIPELINES: path.join(folder, 'pipelines') },
    encoding: 'utf8',
  });

test('mistakes are an error for a person, and data for a program', () => {
  const forPerson = check();
  expect([forPerson.status, forPerson.stdout]).toEqual([1, '']);
  expect(forPerson.stderr).toContain('DEFINITION_INVALID');
  expect(forPerson.stderr).toContain('not today');
  const forProgram = check('-o', 'json');
  expect([forProgram.status, forProgram.stderr]).toEqual([1, '']);
  const { mistakes } = JSON.parse(forProgram.stdout) as { mistakes: { file: string; text: string }[] };
  expect(mistakes).toEqual([
    { file: 'pipelines/a.ts', text: expect.stringContaining('not today') as string },
  ]);
});

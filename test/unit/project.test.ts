import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { projectDir } from '../../src/project.ts';

let root: string;

beforeEach(() => void (root = realpathSync(mkdtempSync(path.join(tmpdir(), 'millrace-project-')))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function folder(...parts: string[]): string {
  const dir = path.join(root, ...parts);
  mkdirSync(dir, { recursive: true });
  return dir;
}

function packageJson(dir: string, content: unknown): void {
  writeFileSync(path.join(dir, 'package.json'), JSON.stringify(content));
}

it('the project is the nearest folder upwards that holds pipelines/', () => {
  folder('shop', 'pipelines', 'billing');
  for (const from of [['shop'], ['shop', 'pipelines'], ['shop', 'pipelines', 'billing']])
    expect(projectDir(path.join(root, ...from))).toBe(path.join(root, 'shop'));
});

it.each(['dependencies', 'devDependencies'])('a package with millrace among its %s is a project', (key) => {
  packageJson(folder('shop'), { [key]: { millrace: '1.0.0' } });
  expect(projectDir(folder('shop', 'src', 'deep'))).toBe(path.join(root, 'shop'));
});

it('the package.json of a repository says where its project lies', () => {
  packageJson(root, { millrace: { project: 'data/shop' } });
  folder('data', 'shop');
  expect(projectDir(folder('web'))).toBe(path.join(root, 'data', 'shop'));
});

it('a folder that the package.json names and that is not there is refused with both', () => {
  packageJson(root, { millrace: { project: 'dta' } });
  expect(() => projectDir(root)).toThrow(
    `${path.join(root, 'package.json')}: millrace.project names 'dta', and there is no such folder.`,
  );
});

it('a package.json that is no JSON is named', () => {
  writeFileSync(path.join(root, 'package.json'), '{');
  expect(() => projectDir(root)).toThrow(`${path.join(root, 'package.json')} cannot be read: `);
});

it('without any of these, the project is the working directory', () => {
  expect(projectDir(folder('empty'))).toBe(path.join(root, 'empty'));
});

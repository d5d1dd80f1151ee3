import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isLive, mutated } from '../../../bench/mutants/mutant.ts';
import { MUTANTS } from '../../../bench/mutants/table/index.ts';
import { PACKAGE_DIR } from '../../../src/package.ts';

const textOf = (file: string) => readFileSync(path.join(PACKAGE_DIR, file), 'utf8');

test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  'the fault can still be made, and its test is there: %s',
  (_name, mutant) => {
    const { file, find, replace, test } = mutant;
    const text = textOf(file);
    expect(mutated(mutant, text)).not.toBe(text);
    expect(find).not.toBe(replace);
    expect(existsSync(path.join(PACKAGE_DIR, test.file)), test.file).toBe(true);
    expect(textOf(test.file)).toContain(test.name);
  },
);

test('each contract that is built is broken by some fault, and no fault breaks another', () => {
  const contracts = textOf('docs/contracts.md')
    .split(/^(?=\d+\. )/m)
    .slice(1);
  const built = contracts.filter((text) => !text.includes('_Not built yet._')).map((text) => parseInt(text));
  expect(contracts.map((text) => parseInt(text))).toEqual(contracts.map((_text, index) => index + 1));
  const broken = new Set(MUTANTS.map(({ contract }) => contract));
  expect([...broken].sort((a, b) => a - b)).toEqual(built);
});

test('every fault has a name of its own', () => {
  const names = MUTANTS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('a fault whose text is gone, or stands there twice, is not made', () => {
  const [mutant] = MUTANTS;
  if (mutant === undefined) throw new Error('there is no fault');
  expect(() => mutated(mutant, '')).toThrow(/stands 0 times in .* The code has moved/);
  expect(() => mutated(mutant, mutant.find.repeat(2))).toThrow(/stands 2 times/);
});

test('there are 25 faults that need no server to be found, and few that do: a whole run takes minutes', () => {
  const live = MUTANTS.filter(isLive).length;
  expect(MUTANTS.length - live).toBeGreaterThanOrEqual(25);
  expect(live).toBeLessThanOrEqual(15);
});

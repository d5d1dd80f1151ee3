import { expect, test } from 'vitest';
import { z } from 'zod';
import { readByKind, readOneOf } from '../../../src/define/one-of.ts';
import { readOptions, text } from '../../../src/define/options.ts';
import type { Report } from '../../../src/define/declared.ts';

const alternative = (option: string) => ({
  read(options: object, path: string, report: Report) {
    const read = readOptions({ kind: z.unknown(), [option]: text('one') }, options, path, report);
    return read[option] === undefined ? undefined : { [option]: read[option] };
  },
});
const KINDS = { cursor: alternative('from'), page: alternative('total'), link: alternative('rel') };

/** What reading gives, or else the problems. */
function read(work: (report: Report) => unknown): unknown {
  const problems: string[] = [];
  const facts = work((path, problem) => void problems.push(path === '' ? problem : `${path}: ${problem}`));
  return problems.length === 0 ? facts : problems;
}

test.each<[object, unknown]>([
  [{ page: { total: 'pages' } }, { name: 'page', facts: { total: 'pages' } }],
  [
    { page: { total: 'pages' }, link: undefined },
    { name: 'page', facts: { total: 'pages' } },
  ],
  [{ page: {} }, ['http.page.total: is missing; give one.']],
  [{ other: 1 }, ["http: has none of 'cursor', 'page' or 'link'; give one of them."]],
  [{ page: {}, link: {} }, ["http: has 'page' and 'link'; give one of them."]],
])('of several keys exactly one is given: %j', (options, expected) => {
  expect(read((report) => readOneOf(KINDS, options, 'http', report))).toEqual(expected);
});

test('where there is one kind alone, its own message says what is missing', () => {
  const { page } = KINDS;
  expect(read((report) => readOneOf({ page }, {}, '', report))).toEqual([
    'page: is missing; give { kind: … }.',
  ]);
});

test.each<[unknown, unknown]>([
  [{ kind: 'link', rel: 'next' }, { rel: 'next' }],
  [{ kind: 'link' }, ['pages.rel: is missing; give one.']],
  [{ kind: 'curser' }, ["pages.kind: 'curser' is unknown; use 'cursor', 'page' or 'link'."]],
  [{ kind: 'toString' }, ["pages.kind: 'toString' is unknown; use 'cursor', 'page' or 'link'."]],
  [{}, ["pages.kind: is missing; use 'cursor', 'page' or 'link'."]],
  ['cursor', ["pages: 'cursor' is not an object; give { kind: … }."]],
])('a kind decides what the other options are: %j', (options, expected) => {
  expect(read((report) => readByKind(KINDS, options, 'pages', report))).toEqual(expected);
});

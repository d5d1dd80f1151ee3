import { expect, test } from 'vitest';
import { PAGE_KINDS, pageKind } from '../../../../../src/sources/http/pages/index.ts';

test.each<[string, string, RegExp]>([
  ['cursor', 'x'.repeat(500), /^the cursor 'xxx/],
  ['lastRow', 'x'.repeat(500), /^the last row's 'xxx/],
  ['merge', JSON.stringify({ a: 'x'.repeat(500) }), /^the parameters '\{"a":"xxx/],
  ['offset', '{"at":200,"of":250}', /^the offset 200$/],
  ['page', '{"at":3,"full":true}', /^page 3$/],
  ['link', `/v1?key=${'x'.repeat(500)}`, /^the link to one page$/],
  ['next', `/v1?key=${'x'.repeat(500)}`, /^the address of one next page$/],
])("a position of kind '%s' is named as what it is, and never at length", (name, position, named) => {
  const said = pageKind(name)?.named(position) ?? '';
  expect(said).toMatch(named);
  expect(said.length).toBeLessThan(120);
});

test('every kind of pages is listed in the test before', () => {
  expect(Object.keys(PAGE_KINDS)).toEqual(['cursor', 'lastRow', 'link', 'merge', 'next', 'offset', 'page']);
});

test.each(['toString', 'curser', ''])("there is no kind of pages '%s'", (name) => {
  expect(pageKind(name)).toBeUndefined();
});

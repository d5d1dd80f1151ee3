import { expect, test } from 'vitest';
import { PAGE_KINDS, pageKind } from '../../../../../src/sources/http/pages/index.ts';

test.each(Object.keys(PAGE_KINDS))(
  "a position of kind '%s' is named as what it is, and never at length",
  (name) => {
    const said = pageKind(name)?.named('x'.repeat(500)) ?? '';
    expect(said).toContain(name);
    expect(said.length).toBeLessThan(120);
  },
);

test.each(['toString', 'curser', ''])("there is no kind of pages '%s'", (name) => {
  expect(pageKind(name)).toBeUndefined();
});

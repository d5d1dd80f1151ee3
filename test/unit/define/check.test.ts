import { expect, test } from 'vitest';
import { checkTogether, viewsInOrder, type Outline } from '../../../src/define/check.ts';
import type { ViewDefinition } from '../../../src/definition/definition.ts';

const outline = (
  kind: Outline['kind'],
  name: string,
  reads: string[] = [],
  file = 'pipelines/a.ts',
): Outline => ({
  ...{ kind, name, file, reads },
});
const view = (name: string, ...reads: string[]): ViewDefinition => ({
  ...{ kind: 'view', name, sql: ['SELECT 1 FROM ', ...reads.map((read) => ({ read }))] },
});

test.each<[string, Outline[], string[]]>([
  [
    'sound definitions',
    [outline('pull', 'a'), outline('view', 'v', ['a']), outline('view', 'w', ['v', 'a'])],
    [],
  ],
  [
    'a name that is used twice',
    [outline('pull', 'a'), outline('stream', 'a', [], 'pipelines/b.ts')],
    ["stream a name: 'a' is taken by the pull in pipelines/a.ts; rename one."],
  ],
  [
    'a read of nothing',
    [outline('view', 'v', ['gone'])],
    ["view v sql: reads 'gone', which is not defined; define and export it."],
  ],
  [
    'a circle, and what hangs on it',
    [outline('view', 'v', ['w']), outline('view', 'w', ['v']), outline('view', 'x', ['w'])],
    ['v', 'w', 'x'].map(
      (name) =>
        `view ${name} sql: reads itself by way of views, or reads a view that does; break the circle.`,
    ),
  ],
])('%s', (_case, outlines, problems) => {
  expect(
    checkTogether(outlines).map(({ of, path, text }) => `${of.kind} ${of.name} ${path}: ${text}`),
  ).toEqual(problems);
});

test('views come after the views that they read', () => {
  const views = [view('top', 'middle', 'base'), view('middle', 'base', 'table'), view('base', 'table')];
  expect(viewsInOrder(views).map(({ name }) => name)).toEqual(['base', 'middle', 'top']);
});

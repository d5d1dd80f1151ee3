import { expect } from 'vitest';
import type { Declared } from '../../src/define/declared.ts';

/** A definition, and what is to be said of it, where and what; '' for one without mistakes. */
export type Judged = [declared: Declared, message: string | RegExp];

/** For `test.each`: each is named by its message. */
export function byMessage(all: readonly Judged[]) {
  return all.map(([declared, message]) => ({ message, declared, named: String(message) }));
}

export function expectProblem({ declared, message }: { declared: Declared; message: string | RegExp }): void {
  const problems = declared.problems.map(({ path, text }) => (path === '' ? text : `${path}: ${text}`));
  if (message === '') expect(problems).toEqual([]);
  else if (typeof message === 'string') expect(problems).toContain(message);
  else expect(problems).toContainEqual(expect.stringMatching(message));
  expect(declared.definition === undefined).toBe(message !== '');
}

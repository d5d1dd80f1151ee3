import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ERROR_CODES, isMillraceError, messageOf, MillraceError } from '../../src/errors.ts';

const DOCS = new URL('../../docs/errors.md', import.meta.url);

it('docs/errors.md lists exactly the codes, with their meaning and whether they are retried', () => {
  const rows = [
    ...readFileSync(DOCS, 'utf8').matchAll(/^\| `(\w+)`\s*\| (.*?)\s*\| (yes|no)\s*\| (.*?)\s*\|$/gm),
  ];
  const documented = rows.map(([, code, means, retried]) => [code, means, retried]);
  const raised = Object.entries(ERROR_CODES).map(([code, { means, retryable }]) => [
    code,
    means,
    retryable ? 'yes' : 'no',
  ]);
  expect(documented).toEqual(raised);
  expect(rows.filter(([, , , , remedy]) => (remedy ?? '').length < 10)).toEqual([]);
});

it('an error knows its code, and whether a retry can help unless the thrower knows better', () => {
  const cause = new Error('socket');
  const error = new MillraceError('HTTP_STATUS', 'busy', {
    cause,
    retryAfterMs: 7_000,
    context: { status: 429 },
  });
  expect(error).toMatchObject({
    code: 'HTTP_STATUS',
    retryable: true,
    retryAfterMs: 7_000,
    context: { status: 429 },
    cause,
  });
  expect(new MillraceError('HTTP_STATUS', 'busy', { retryable: false }).retryable).toBe(false);
  expect(isMillraceError(error)).toBe(true);
  expect(isMillraceError(error, 'HTTP_REFUSED')).toBe(false);
  expect(isMillraceError(cause)).toBe(false);
});

it.each([
  [new Error('one'), 'one'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [
    new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]),
    '::1 refused; 127.0.0.1 refused',
  ],
])('the message of %s is %j', (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});

import { expect, test } from 'vitest';
import { withoutTokens } from '../../src/token-shapes.ts';
import { shown } from '../../src/wording.ts';

test.each([
  ['https://me:pw@w.example/v1', 'https://***@w.example/v1'],
  ['https://me:p/w@w.example/v1', 'https://***@w.example/v1'],
  ['https://w.example:8080/v1?key=abc&from={start}', 'https://w.example:8080/v1?key=***&from={start}'],
  ['2026-01-05T07:00:00Z', '2026-01-05T07:00:00Z'],
  ['Europe/Berlin, 12:30 @ home', 'Europe/Berlin, 12:30 @ home'],
])('%j is shown as %j', (text, safe) => {
  expect(withoutTokens(text)).toBe(safe);
});

test('a token that begins where a message cuts a text is not shown by half', () => {
  const text = `${'x '.repeat(35)}${['glp', 'at-0123456789abcdefghij'].join('')}`;
  expect(shown(text)).not.toContain('glpat');
  expect(shown(text)).toContain('***');
});

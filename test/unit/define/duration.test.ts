import { expect, it } from 'vitest';
import { durationMs, durationText } from '../../../src/define/duration.ts';

it.each(['90 seconds', '1 hour', '7 minutes', '2 days'])('%s is written as it was read', (text) => {
  expect(durationText(durationMs(text) ?? NaN)).toBe(text);
});

it.each([
  [0, '0'],
  [1_500, '1500 ms'],
])('%i ms, which no definition says, is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

import { expect, it } from 'vitest';
import { failedText } from '../../../../src/cli/status/tables.ts';

const newest = { workflowId: 'dev/rates-2026-01-06T02:00:00Z', code: 'HTTP_REFUSED', message: 'It said no.' };
const at = (day: number) => `2026-01-0${day}T00:00:00Z`;

it('one interval that failed is named with its cause and the command that loads it', () => {
  const failed = { starts: [at(5)], others: 0, hasMore: false, newest };
  expect(failedText('rates', failed)).toBe(
    `the load of ${at(5)} failed, and nothing has loaded it since: HTTP_REFUSED: It said no. Once that is mended: 'npx millrace run rates@${at(5)}'.`,
  );
});

it.each([
  [0, false, `2 intervals failed, and nothing has loaded them since (${at(5)}, ${at(4)}); the newest: `],
  [
    7,
    false,
    `9 intervals failed, and nothing has loaded them since (${at(5)}, ${at(4)} and 7 more); the newest: `,
  ],
  [48, true, `50 or more intervals failed, and nothing has loaded them since (`],
])('of several, with %i more, the newest says the cause', (others, hasMore, begins) => {
  const text = failedText('rates', { starts: [at(5), at(4)], others, hasMore, newest });
  expect(text.startsWith(begins), text).toBe(true);
  expect(text).toContain(`'npx millrace run rates@${at(5)}', and so each.`);
});

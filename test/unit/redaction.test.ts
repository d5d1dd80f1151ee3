import { expect, it } from 'vitest';
import { redactionOf } from '../../src/redaction.ts';

it('hides what it is told of, from then on', () => {
  const redaction = redactionOf(['of-kafka', undefined]);
  expect(redaction.text('of-kafka of-vendor')).toBe('*** of-vendor');
  redaction.hide(['of-vendor', undefined]);
  expect(redaction.text('of-kafka of-vendor')).toBe('*** ***');
});

it('hides secrets in every text of a value, not in its keys, and changes nothing else', () => {
  const { json } = redactionOf(['of-kafka']);
  const given = {
    rows: 1,
    next: ['of-kafka', null, undefined],
    'of-kafka': { deep: 'of%2Dkafka' },
    no: false,
  };
  expect(json(given)).toEqual({
    rows: 1,
    next: ['***', null, undefined],
    'of-kafka': { deep: '***' },
    no: false,
  });
  expect(json(undefined)).toBeUndefined();
});

it('hides secrets in an error and its causes, and leaves it what it is', () => {
  const { error } = redactionOf(['of-kafka']);
  const cause = new DOMException('of-kafka', 'AbortError');
  const thrown = new RangeError('GET /?key=of%2Dkafka', { cause });
  expect(error(thrown)).toBe(thrown);
  expect([thrown.message, cause.message, cause.name]).toEqual(['GET /?key=***', '***', 'AbortError']);
  expect(thrown.stack).toMatch(/^RangeError: GET .*[*]{3}\n +at /);
  expect(error('of-kafka')).toBe('of-kafka');
});

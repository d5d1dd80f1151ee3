import { expect, it } from 'vitest';
import { isMillraceError, MillraceError } from '../../../src/errors.ts';
import { redactionOf } from '../../../src/redaction/index.ts';

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
});

it('hides secrets in what is thrown or is a cause and is no error, its keys included', () => {
  const { error } = redactionOf(['of-kafka']);
  const harmless = { tries: 3 };
  const circle: Record<string, unknown> = { key: 'of-kafka' };
  circle['itself'] = circle;
  for (const [given, shown] of [
    ['as of-kafka', 'as ***'],
    [{ 'of-kafka': ['of-kafka'] }, '{"***":["***"]}'],
    [harmless, harmless],
    [circle, 'an object'],
    [7n, 7n],
    [undefined, undefined],
  ] as const) {
    expect(error(given)).toBe(shown);
    const thrown = new Error('failed', { cause: given });
    expect(error(thrown)).toBe(thrown);
    expect(thrown.cause).toBe(shown);
  }
});

it('cuts a circle of causes, which nobody who reads them would come to the end of', () => {
  const { error } = redactionOf(['of-kafka']);
  const outer = new Error('of-kafka, outer');
  const inner = new Error('of-kafka, inner', { cause: outer });
  outer.cause = inner;
  expect(error(outer)).toBe(outer);
  expect([outer.message, outer.cause, inner.message, inner.cause]).toEqual([
    '***, outer',
    inner,
    '***, inner',
    undefined,
  ]);
});

it('gives a copy, of the same class, of an error that cannot be changed', () => {
  const { error } = redactionOf(['of-kafka']);
  const cause = Object.freeze(new RangeError('of-kafka'));
  const thrown = new MillraceError('KAFKA_REFUSED', 'as of-kafka', { cause });
  const frozen = Object.freeze(thrown);
  const copy = error(frozen);
  expect(isMillraceError(copy, 'KAFKA_REFUSED')).toBe(true);
  expect([copy.name, copy.message, copy.retryable]).toEqual(['MillraceError', 'as ***', false]);
  expect(copy.stack).toMatch(/Error: as [*]{3}\n +at /);
  expect(copy.cause).toBeInstanceOf(RangeError);
  expect((copy.cause as Error).message).toBe('***');
  const harmless = Object.freeze(new Error('fine'));
  expect(error(harmless)).toBe(harmless);
});

import { describe, expect, test } from 'vitest';
import { compileEventJudge } from '../../../../../src/ingest/path/event/judge-event.ts';
import { CLICKS, POISON } from '../../../../support/clicks.ts';

const BUCKET_MS = 900_000;
const judgeEvent = compileEventJudge(CLICKS, BUCKET_MS);
const good = { id: 'a', at: '2026-03-01T07:59:59.999Z', page: '/', ms: null };
const judge = (event: unknown) => judgeEvent(Buffer.from(JSON.stringify(event)));

describe('an event is judged', () => {
  test('clean, with its id and the bucket of its time', () => {
    expect(judge(good)).toEqual({
      kind: 'clean',
      id: 'a',
      bucketMs: Date.parse('2026-03-01T07:45:00Z'),
      value: JSON.stringify(good),
    });
  });

  test('clean, without the fields that the definition does not know', () => {
    const verdict = judge({ more: { of: ['it'] }, ...good, NA: 'NA' });
    expect(verdict.kind === 'clean' && verdict.value).toBe(JSON.stringify(good));
  });

  test.each(POISON)('dead with the reason %s, and never throws', (code, value) => {
    const bytes = value('p');
    const verdict = judgeEvent(bytes === null ? null : Buffer.from(bytes as string));
    expect(verdict).toMatchObject({ kind: 'dead', reason: { code } });
  });

  test.each([
    ['TOO_LARGE', JSON.stringify({ ...good, page: 'x'.repeat(600_000) })],
    ['TOO_MANY_VALUES', JSON.stringify({ ...good, list: Array.from({ length: 20_000 }, () => 0) })],
    ['ID_INVALID', JSON.stringify({ ...good, id: 'x'.repeat(2_000) })],
    ['ID_INVALID', JSON.stringify({ ...good, id: '' })],
    ['JSON_INVALID', '﻿{}'],
    ['FIELD_INVALID', 'null'],
    ['KEY_FORBIDDEN', '{"id":"a","at":"2026-03-01T07:00:00Z","page":"/","ms":1,"deep":[{"__proto__":1}]}'],
  ])('dead with the reason %s where it goes beyond a limit', (code, value) => {
    expect(judgeEvent(Buffer.from(value))).toMatchObject({ kind: 'dead', reason: { code } });
  });

  test('by an integer id as by its digits', () => {
    const fields = CLICKS.fields.map((field) =>
      field.name === 'id' ? { ...field, type: 'integer' as const } : field,
    );
    const byNumber = compileEventJudge({ ...CLICKS, fields }, BUCKET_MS);
    expect(byNumber(Buffer.from(JSON.stringify({ ...good, id: 42 })))).toMatchObject({
      kind: 'clean',
      id: '42',
    });
  });

  test('by the hour in UTC of a time with an offset, whatever came before it', () => {
    const fields = CLICKS.fields.map((field) =>
      field.name === 'at' ? { ...field, offset: true as const } : field,
    );
    const withOffsets = compileEventJudge({ ...CLICKS, fields }, BUCKET_MS);
    const hours = ['2026-03-01T07:10:00Z', '2026-03-01T07:10:00+02:00', '2026-03-01T07:50:00Z'].map((at) =>
      withOffsets(Buffer.from(JSON.stringify({ ...good, at }))),
    );
    expect(
      hours.map((verdict) => verdict.kind === 'clean' && new Date(verdict.bucketMs).toISOString()),
    ).toEqual(['2026-03-01T07:00:00.000Z', '2026-03-01T05:00:00.000Z', '2026-03-01T07:45:00.000Z']);
  });
});

import { expect, test } from 'vitest';
import { reshapingRefusal } from '../../../src/apply/reshaped.ts';
import type { StreamDefinition } from '../../../src/definition/definition.ts';
import { CLICKS } from '../../support/clicks.ts';

const refusal = (after: StreamDefinition) => reshapingRefusal(CLICKS, after) ?? '';

const retyped = (from: string, to: StreamDefinition['fields'][number]['type']) => ({
  ...CLICKS,
  fields: CLICKS.fields.map((field) => (field.type === from ? { ...field, type: to } : field)),
});

test.each<[string, StreamDefinition, RegExp]>([
  ['another topic', { ...CLICKS, topic: 'web' }, /its topic would change from its own to "web"/],
  ['another version', { ...CLICKS, version: 2 }, /its version would change from 1 to 2/],
  ['another id', { ...CLICKS, id: 'page' }, /its id would change from "id" to "page"/],
  ['another time', { ...CLICKS, time: 'seen' }, /its time would change from "\w+" to "seen"/],
  ['another type of a field', retyped('text', 'integer'), /its field \w+ would change from text to integer/],
])('a stream with %s is refused, with every such change and the remedy', (_what, after, says) => {
  expect(refusal(after)).toMatch(says);
  expect(refusal(after)).toMatch(/a new name/);
});

test.each<[string, StreamDefinition]>([
  ['another window', { ...CLICKS, dedupeMs: 5 }],
  ['more partitions', { ...CLICKS, partitions: 8 }],
  [
    'a new field',
    {
      ...CLICKS,
      fields: [...CLICKS.fields, { name: 'more', type: 'text', nullable: true, optional: false }],
    },
  ],
  ['one field less', { ...CLICKS, fields: CLICKS.fields.slice(0, -1) }],
  ['a field that Druid keeps as text either way', retyped('text', 'date')],
])('a stream with %s goes on', (_what, after) => {
  expect(refusal(after)).toBe('');
});

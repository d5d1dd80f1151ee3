import { expect, test } from 'vitest';
import { desiredTopics, kafkaSteps } from '../../../src/apply/kafka.ts';
import { MAX_DEAD_VALUE_BYTES } from '../../../src/ingest/path/dead-letter.ts';
import { namesFor } from '../../../src/names.ts';
import { CLICKS } from '../../support/clicks.ts';

const names = namesFor('dev');

test('a stream of ours has three topics with as many partitions as it says', () => {
  const topics = desiredTopics(CLICKS, names);
  expect(topics.map(({ topic, partitions }) => [topic, partitions])).toEqual([
    ['dev.clicks.raw', 4],
    ['dev.clicks.clean', 4],
    ['dev.clicks.dead', 4],
  ]);
});

test("somebody else's raw topic is left alone and decides the partitions of the others", () => {
  const topics = desiredTopics({ ...CLICKS, topic: 'web.clicks' }, names, 12);
  expect(topics.map(({ topic, partitions }) => [topic, partitions])).toEqual([
    ['dev.clicks.clean', 12],
    ['dev.clicks.dead', 12],
  ]);
});

test('the dead-letter topic takes a whole dead letter, headers included', () => {
  const dead = desiredTopics(CLICKS, names).at(-1);
  expect(Number(dead?.config['max.message.bytes'])).toBeGreaterThan(MAX_DEAD_VALUE_BYTES + 65_536 + 10_000);
});

test.each([
  [
    'makes what is missing',
    [],
    ['create dev.clicks.raw', 'create dev.clicks.clean', 'create dev.clicks.dead'],
  ],
  ['adds partitions', [2, 4, 4], ['grow dev.clicks.raw']],
  ['never takes partitions away', [8, 8, 8], []],
  ['does nothing where all is as it should', [4, 4, 4], []],
])('%s', (_name, partitions, expected) => {
  const desired = desiredTopics(CLICKS, names);
  const live = new Map(
    partitions.map((count, index) => [desired[index]?.topic ?? '', { partitions: count }]),
  );
  const steps = kafkaSteps(desired, live);
  expect(
    steps.map((step) => `${step.kind} ${step.kind === 'create' ? step.spec.topic : step.topic}`),
  ).toEqual(expected);
});

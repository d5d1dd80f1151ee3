import { expect, test } from 'vitest';
import { MAX_DEAD_VALUE_BYTES } from '../../../../src/ingest/path/event/dead-letter.ts';
import { namesFor } from '../../../../src/names.ts';
import { diffTopics, type LiveTopic } from '../../../../src/targets/kafka/diff.ts';
import { desiredTopics } from '../../../../src/targets/kafka/topics.ts';
import { CLICKS } from '../../../support/clicks.ts';

const names = namesFor('dev');
const FOREIGN = { ...CLICKS, topic: 'web.clicks' };
const DAY_MS = 86_400_000;

/** Topics as the stream says, each with its own partitions. */
function topics(stream: typeof CLICKS, partitions: number[]): Map<string, LiveTopic> {
  const desired = desiredTopics(stream, names);
  return new Map(
    partitions.map((count, index) => [
      desired[index]?.object ?? '',
      { fields: { partitions: count, settings: desired[index]?.fields.settings ?? {} } },
    ]),
  );
}

const steps = (stream: typeof CLICKS, live: Map<string, LiveTopic>) =>
  diffTopics(desiredTopics(stream, names), live, new Map())
    .filter(({ action }) => action !== 'unchanged')
    .map(({ action, object, differences }) =>
      [
        action,
        object,
        ...differences.map((one) => `${one.path.join('.')} ${String(one.live)} → ${String(one.desired)}`),
      ].join(' '),
    );

test('a stream of ours has three topics with as many partitions as it says', () => {
  expect(desiredTopics(CLICKS, names).map(({ object, fields }) => [object, fields.partitions])).toEqual([
    ['dev.clicks.raw', 4],
    ['dev.clicks.clean', 4],
    ['dev.clicks.dead', 4],
  ]);
});

test("somebody else's raw topic is left alone and decides the partitions of the others", () => {
  const raw: LiveTopic = { fields: { partitions: 12, settings: {} } };
  expect(steps(FOREIGN, new Map([['web.clicks', raw], ...topics(FOREIGN, [4, 12])]))).toEqual([
    'update dev.clicks.clean partitions 4 → 12',
  ]);
});

test("a raw topic of somebody else that is not there is refused by the stream's name", () => {
  const [step] = diffTopics(desiredTopics(FOREIGN, names), new Map(), new Map());
  expect(step?.refusal).toMatch(/'clicks' reads topic 'web.clicks', which does not exist/);
});

test('the dead-letter topic takes a whole dead letter, headers included', () => {
  const dead = desiredTopics(CLICKS, names).at(-1);
  expect(Number(dead?.fields.settings['max.message.bytes'])).toBeGreaterThan(
    MAX_DEAD_VALUE_BYTES + 65_536 + 10_000,
  );
});

test.each<[string, number[], string[]]>([
  [
    'makes what is missing',
    [],
    ['create dev.clicks.raw', 'create dev.clicks.clean', 'create dev.clicks.dead'],
  ],
  ['adds partitions', [2, 4, 4], ['update dev.clicks.raw partitions 2 → 4']],
  ['never takes partitions away', [8, 8, 8], []],
  ['does nothing where all is as it should', [4, 4, 4], []],
])('%s', (_name, partitions, expected) => {
  expect(steps(CLICKS, topics(CLICKS, partitions))).toEqual(expected);
});

test('a setting that somebody changed is put back; one that we do not set is not looked at', () => {
  const live = topics(CLICKS, [4, 4, 4]);
  const settings = { ...live.get('dev.clicks.raw')?.fields.settings, 'retention.ms': '5', 'segment.ms': '7' };
  live.set('dev.clicks.raw', { fields: { partitions: 4, settings } });
  expect(steps(CLICKS, live)).toEqual([`update dev.clicks.raw settings.retention.ms 5 → ${7 * DAY_MS}`]);
});

test.each([
  ['an hour', 3_600_000],
  ['30 days', 30 * DAY_MS],
])(
  'a clean topic outlives a dedupe window of %s by as long as raw events wait, and follows it',
  (_name, dedupeMs) => {
    const stream = { ...CLICKS, dedupeMs };
    const clean = desiredTopics(stream, names)[1];
    expect(Number(clean?.fields.settings['retention.ms'])).toBe(7 * DAY_MS + dedupeMs);
    const live = topics({ ...CLICKS, dedupeMs: 1_000 }, [4, 4, 4]);
    expect(steps(stream, live)).toEqual([
      `update dev.clicks.clean settings.retention.ms ${7 * DAY_MS + 1_000} → ${7 * DAY_MS + dedupeMs}`,
    ]);
  },
);

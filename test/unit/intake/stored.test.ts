import { expect, test } from 'vitest';
import type { Positions } from '../../../src/intake/positions.ts';
import { storedIn } from '../../../src/intake/stored.ts';
import { noLongerAvailable } from '../../support/intake-of.ts';

const NOW = Date.parse('2026-11-24T23:00:00Z');
const FROM = new Map([[0, 3n]]);
const READING: Positions['tasks'][number] = {
  id: 'task',
  isPublishing: false,
  from: FROM,
  to: new Map([[0, 9n]]),
  reported: new Map(),
};
const PUBLISHING = { ...READING, isPublishing: true };
const RUNNING: Positions['supervisor'] = {
  state: 'RUNNING',
  healthy: true,
  suspended: false,
  recentErrors: [],
  activeTasks: [],
  publishingTasks: [],
};

function positionsOf(
  tasks: Positions['tasks'],
  error?: { message: string; secondsAgo: number },
  detailedState = 'RUNNING',
): Positions {
  const recentErrors =
    error === undefined
      ? []
      : [
          {
            message: error.message,
            timestamp: new Date(NOW - error.secondsAgo * 1_000).toISOString(),
          },
        ];
  return { supervisor: { ...RUNNING, state: detailedState, detailedState, recentErrors }, tasks };
}

test('while a task reads, what is stored is where it began', () => {
  expect(storedIn(positionsOf([READING]), NOW)).toEqual(FROM);
});

test('while a task publishes, nobody knows what is stored', () => {
  expect(storedIn(positionsOf([READING, PUBLISHING]), NOW)).toEqual(new Map());
});

test('without a task, Druid says which stored offset it cannot begin at', () => {
  const error = { message: noLongerAvailable(2, 41), secondsAgo: 8 };
  expect(storedIn(positionsOf([], error), NOW)).toEqual(new Map([[2, 41n]]));
  expect(storedIn(positionsOf([], { ...error, message: 'Kafka is away' }), NOW)).toEqual(new Map());
});

test('what Druid said before its supervisor ran again says nothing, and goes on as long as it does not run', () => {
  const error = { message: noLongerAvailable(0, 41), secondsAgo: 60 };
  expect(storedIn(positionsOf([], error), NOW)).toEqual(new Map());
  expect(storedIn(positionsOf([], error, 'UNABLE_TO_CONNECT_TO_STREAM'), NOW)).toEqual(new Map([[0, 41n]]));
});

import { expect, it } from 'vitest';
import { folded } from '../../../src/cli/logs.ts';
import type { KeptLine } from '../../../src/store/run-log.ts';

const line = (id: number, tryNumber: number, text: string, step = 'drain'): KeptLine => ({
  ...{ workflowId: 'dev/a-x', runId: 'r1', table: 'a', step, level: 'info' },
  ...{ id, tryNumber, line: text, at: `2026-01-30T00:00:0${id}Z` },
});

it('what a step waits for stands once, with how often it was said and until when', () => {
  const lines = folded([
    line(1, 1, 'began on etl'),
    line(2, 1, 'waits, STREAM_NOT_DRAINED: partition 3'),
    line(3, 2, 'began on etl'),
    line(4, 2, 'waits, STREAM_NOT_DRAINED: partition 3'),
    line(5, 3, 'began on etl'),
    line(6, 3, 'waits, STREAM_NOT_DRAINED: partition 3'),
    line(7, 4, 'began on etl'),
    line(8, 4, 'ended after 0.1 s'),
  ]);
  expect(lines.map(({ tryNumber, line: text }) => `${tryNumber} ${text}`)).toEqual([
    '1 began on etl',
    '1 waits, STREAM_NOT_DRAINED: partition 3 (3 times, until 2026-01-30T00:00:06Z)',
    '4 began on etl',
    '4 ended after 0.1 s',
  ]);
});

it('what it waits for next, and what other steps say, stays', () => {
  const lines = [
    line(1, 1, 'waits, STREAM_NOT_DRAINED: partition 3'),
    line(2, 1, 'waits, STREAM_NOT_DRAINED: partition 3', 'noteEnds'),
    line(3, 2, 'began on etl'),
    line(4, 2, 'waits, STREAM_NOT_DRAINED: partition 1'),
    line(5, 3, 'failed after 1.0 s, KAFKA_UNAVAILABLE: no'),
    line(6, 4, 'failed after 1.0 s, KAFKA_UNAVAILABLE: no'),
  ];
  expect(folded(lines)).toEqual(lines);
});

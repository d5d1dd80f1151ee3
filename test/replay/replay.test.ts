import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { homedir, hostname } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_DIR } from '../../src/package.ts';
import { workflowBundle } from '../../src/workers/bundle.ts';
import { CASES, type Expected } from './cases.ts';
import { historyFromJson } from './history-json.ts';
import { plainText, storedHistories, type StoredHistory } from './stored-history.ts';

const histories = storedHistories();
const SILENT = new DefaultLogger('ERROR', () => undefined);

let codePath: string;

beforeAll(async () => {
  // A history that does not replay is reported by the test: Temporal's own warning would be noise.
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR' }) };
  Runtime.install({ logger: SILENT, telemetryOptions: { logging } });
  ({ codePath } = workflowBundle());
});

it('each case has its history, and each history its case', () => {
  expect([...histories.keys()].sort()).toEqual(Object.keys(CASES).sort());
});

describe.each(Object.entries(CASES))('%s', (name, expected) => {
  it('holds what it was recorded for', () => {
    expect(summaryOf(stored(name))).toEqual({ children: 0, refusedChildren: 0, ...expected });
  });

  it('replays with the workflows as they are', async () => {
    await replay(name, stored(name));
  });

  it('names no machine, no path and no line of our code', () => {
    const text = plainText(stored(name));
    for (const trace of [PACKAGE_DIR, homedir(), hostname(), 'node_modules', 'file://', '.ts:']) {
      expect(text).not.toContain(trace);
    }
    expect(text.match(/\d+@\w+/g)).toBeNull();
  });
});

describe('a history that the workflows would not write any more does not replay, such as one in which', () => {
  it('an activity had another name', async () => {
    await expectRefused('refresh-pull-by-hand', ({ activity }) => (activity === 'stage' ? 'load' : activity));
  });

  it('two activities came in the other order', async () => {
    const swapped: Record<string, string> = { noteEnds: 'drain', drain: 'noteEnds' };
    await expectRefused('refresh-rollup', ({ activity }) => swapped[activity] ?? activity);
  });

  it('the last activity was missing: the run ended before it', async () => {
    const whole = stored('refresh-pull-by-hand');
    const swap = whole.events.findIndex((event) => activityOf(event) === 'swap');
    const [done] = whole.events.slice(-1);
    if (done === undefined) throw new Error('the history is empty');
    const events = [...whole.events.slice(0, swap), { ...done, eventId: String(swap + 1) }];
    await expect(replay('refresh-pull-by-hand', { events })).rejects.toThrow(DeterminismViolationError);
  });
});

function replay(name: string, history: StoredHistory): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle: { codePath } }, historyFromJson(history), name);
}

async function expectRefused(name: string, rename: (of: { activity: string }) => string): Promise<void> {
  const events = stored(name).events.map((event) => {
    const activity = activityOf(event);
    if (activity === undefined) return event;
    const scheduled = event['activityTaskScheduledEventAttributes'] as object;
    const activityType = { name: rename({ activity }) };
    return { ...event, activityTaskScheduledEventAttributes: { ...scheduled, activityType } };
  });
  expect(events).not.toEqual(stored(name).events);
  await expect(replay(name, { events })).rejects.toThrow(DeterminismViolationError);
}

function stored(name: string): StoredHistory {
  const found = histories.get(name);
  if (found === undefined) throw new Error(`There is no histories/${name}.json: npm run replay:record`);
  return found;
}

function summaryOf({ events }: StoredHistory): Required<Expected> {
  const count = (type: string) => events.filter(({ eventType }) => eventType === `EVENT_TYPE_${type}`).length;
  const end = events.at(-1)?.eventType.replace('EVENT_TYPE_WORKFLOW_EXECUTION_', '');
  return {
    activities: events.flatMap((event) => activityOf(event) ?? []),
    children: count('START_CHILD_WORKFLOW_EXECUTION_INITIATED'),
    refusedChildren: count('START_CHILD_WORKFLOW_EXECUTION_FAILED'),
    end: end as Expected['end'],
  };
}

function activityOf(event: StoredHistory['events'][number]): string | undefined {
  const scheduled = event['activityTaskScheduledEventAttributes'] as
    { activityType: { name: string } } | undefined;
  return scheduled?.activityType.name;
}

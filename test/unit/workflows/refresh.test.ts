import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ActivityFailure, CancelledFailure } from '@temporalio/workflow';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Load, LoadReport } from '../../../src/load/messages.ts';
import { refresh } from '../../../src/workflows/refresh.ts';

/** Which steps were taken, with what; and what Temporal answers. */
interface Temporal {
  steps: [name: string, ...given: unknown[]][];
  answers: Record<string, unknown>;
  details: string[];
  nominalTime: Date | undefined;
  runId: string;
}
const temporal = vi.hoisted((): Temporal => ({
  steps: [],
  answers: {},
  details: [],
  nominalTime: undefined,
  runId: 'run-1',
}));

vi.mock('@temporalio/workflow', async (original) => {
  const step =
    (name: string) =>
    async (...given: unknown[]) => {
      temporal.steps.push([name, ...given]);
      const answer = temporal.answers[name];
      if (answer instanceof Error) throw answer;
      return answer;
    };
  return {
    ...(await original<object>()),
    proxyActivities: () => new Proxy({}, { get: (_, name: string) => step(name) }),
    executeChild: async (_workflow: unknown, options: object) => step('child')(options),
    continueAsNew: async (input: unknown) => step('continueAsNew')(input),
    workflowInfo: () => ({
      runId: temporal.runId,
      originalExecutionRunId: 'run-1',
      typedSearchAttributes: { get: () => temporal.nominalTime },
    }),
    upsertSearchAttributes: () => undefined,
    setCurrentDetails: (details: string) => temporal.details.push(details),
  };
});

const REPORT = { table: 'weather', rows: 12, replacedRows: 3, loadId: '7' } as LoadReport;
const STAGED = { attempt: 1, rows: 12 };
const INPUT = { table: 'weather' };

const load = (kind: Load['kind']): Load => ({
  table: 'weather',
  kind,
  definitionHash: 'abc',
  interval: { start: '2026-01-05T07:00:00Z', end: '2026-01-05T08:00:00Z' },
  slot: '2026-01-05T08:00:00Z',
  workflowId: 'dev/weather-2026-01-05T08:00:00Z',
  trigger: 'schedule',
  loadId: '7',
  streams: kind === 'rollup' ? ['departures'] : [],
});

beforeEach(() => {
  temporal.steps.length = 0;
  temporal.details.length = 0;
  temporal.nominalTime = undefined;
  temporal.runId = 'run-1';
  temporal.answers = { stage: STAGED, swap: REPORT, child: REPORT, awaitRun: REPORT };
});

describe('a refresh under its one id', () => {
  it('of a pull stages, checks and swaps', async () => {
    temporal.answers['resolve'] = { isCanonical: true, load: load('pull') };
    expect(await refresh(INPUT)).toEqual(REPORT);
    expect(temporal.steps).toEqual([
      ['resolve', INPUT, INPUT],
      ['stage', load('pull'), {}],
      ['check', load('pull'), STAGED],
      ['swap', load('pull'), STAGED, {}],
    ]);
    expect(temporal.details.at(-1)).toBe(
      '**weather** 2026-01-05T07:00:00Z → 2026-01-05T08:00:00Z (schedule)\n\n**12 rows** loaded (3 before) as load 7',
    );
  });

  it('of a rollup first notes the ends and waits for them; stage and swap take the positions', async () => {
    const ends = { departures: { '0': '9' } };
    const positions = { departures: { '0': '5' } };
    Object.assign(temporal.answers, {
      resolve: { isCanonical: true, load: load('rollup') },
      noteEnds: ends,
      drain: positions,
    });
    await refresh(INPUT);
    expect(temporal.steps.slice(1)).toEqual([
      ['noteEnds', load('rollup')],
      ['drain', load('rollup'), ends],
      ['stage', load('rollup'), positions],
      ['check', load('rollup'), STAGED],
      ['swap', load('rollup'), STAGED, positions],
    ]);
  });

  it('swaps nothing when the check refuses', async () => {
    temporal.answers['resolve'] = { isCanonical: true, load: load('pull') };
    temporal.answers['check'] = new ActivityFailure(
      'refused',
      'check',
      '1',
      'NON_RETRYABLE_FAILURE',
      'worker',
    );
    await expect(refresh(INPUT)).rejects.toThrow('refused');
    expect(temporal.steps.map(([name]) => name)).toEqual(['resolve', 'stage', 'check']);
  });

  it('that a schedule started resolves by the nominal time of its slot', async () => {
    temporal.nominalTime = new Date('2026-01-05T08:00:00Z');
    temporal.answers['resolve'] = { isCanonical: true, load: load('pull') };
    await refresh(INPUT);
    expect(temporal.steps[0]).toEqual([
      'resolve',
      { ...INPUT, nominalTime: '2026-01-05T08:00:00.000Z' },
      INPUT,
    ]);
  });
});

describe('a refresh under another id', () => {
  const { workflowId } = load('pull');
  const input = { table: 'weather', interval: '2026-01-05T07:00:00Z', trigger: 'manual' };

  beforeEach(() => {
    temporal.answers['resolve'] = { isCanonical: false, workflowId, input };
  });

  it('runs the one id as its child, which outlives it, and loads nothing itself', async () => {
    expect(await refresh(INPUT)).toEqual(REPORT);
    const [, [name, options]] = temporal.steps as [unknown, [string, object]];
    expect(name).toBe('child');
    expect(options).toMatchObject({ workflowId, args: [input], parentClosePolicy: 'ABANDON' });
    expect(temporal.steps).toHaveLength(2);
  });

  it('waits for that run where it is running already', async () => {
    temporal.answers['child'] = new WorkflowExecutionAlreadyStartedError('it runs', workflowId, 'refresh');
    expect(await refresh(INPUT)).toEqual(REPORT);
    expect(temporal.steps.at(-1)).toEqual(['awaitRun', workflowId]);
  });

  it('fails as the child fails', async () => {
    temporal.answers['child'] = new Error('the vendor refused');
    await expect(refresh(INPUT)).rejects.toThrow('the vendor refused');
  });
});

describe('a refresh that was reset', () => {
  const names = () => temporal.steps.map(([name]) => name);

  beforeEach(() => {
    temporal.runId = 'run-2';
    temporal.answers['resolve'] = { isCanonical: true, load: load('pull'), runId: 'run-1' };
    temporal.answers['stage'] = { ...STAGED, runId: 'run-1' };
  });

  it('goes on as a new run where the rows are those of the run before, loaded or not', async () => {
    await refresh(INPUT);
    expect(names()).toEqual(['resolve', 'stage', 'check', 'swap', 'continueAsNew']);
    expect(temporal.steps.at(-1)).toEqual(['continueAsNew', INPUT]);
    temporal.steps.length = 0;
    temporal.answers['check'] = new Error('no rows are left');
    await refresh(INPUT);
    expect(names()).toEqual(['resolve', 'stage', 'check', 'continueAsNew']);
  });

  it('goes on as a new run where it failed in the run before', async () => {
    temporal.answers['resolve'] = new Error('nobody knows the table');
    await refresh(INPUT);
    expect(names()).toEqual(['resolve', 'continueAsNew']);
  });

  it('ends as it is where it staged the rows itself, and where it resolved that another one loads', async () => {
    temporal.answers['stage'] = { ...STAGED, runId: 'run-2' };
    expect(await refresh(INPUT)).toEqual(REPORT);
    temporal.answers['check'] = new Error('a key stands twice');
    await expect(refresh(INPUT)).rejects.toThrow('a key stands twice');
    temporal.answers['resolve'] = { isCanonical: false, workflowId: 'other', input: INPUT, runId: 'run-2' };
    expect(await refresh(INPUT)).toEqual(REPORT);
    expect(names()).not.toContain('continueAsNew');
  });

  it('stays cancelled where it was', async () => {
    temporal.answers['stage'] = new CancelledFailure('somebody cancelled it');
    await expect(refresh(INPUT)).rejects.toThrow('somebody cancelled it');
  });
});

import { expect, test } from 'vitest';
import type { PullDefinition } from '../../../src/definition/definition.ts';
import { namesFor } from '../../../src/names.ts';
import { desiredSchedule } from '../../../src/schedules/desired.ts';
import { withFormerOffsets } from '../../../src/schedules/former-offset.ts';
import type { LiveSchedule } from '../../../src/schedules/live.ts';
import type { Recorded } from '../../../src/targets/target.ts';

const HOUR_MS = 3_600_000;
const NOW = new Date('2026-11-24T20:30:00Z');
const CUT_AT = '2026-11-24T10:00:00Z';

/** What is found of an hourly table that is to have an offset of one hour. */
async function found(recorded: Recorded | undefined, appliedHours: number | undefined) {
  const table = { kind: 'pull', name: 'readings', calendar: { kind: 'hour' }, offsetMs: HOUR_MS };
  const schedule = desiredSchedule(table as PullDefinition, namesFor('dev'), NOW);
  const live: LiveSchedule = { fields: {}, mark: 'ours', nextSlot: null, paused: null };
  let isAsked = false;
  const offsets = async () => {
    isAsked = true;
    const applied = { offsetMs: (appliedHours ?? 0) * HOUR_MS, since: CUT_AT };
    return new Map(appliedHours === undefined ? [] : [['readings', applied]]);
  };
  const store = { catalogue: { offsets }, ledger: { loadedStarts: async () => new Set<string>() } };
  const owned = new Map(recorded === undefined ? [] : [[schedule.object, recorded]]);
  const whole = await withFormerOffsets(store, new Map([[schedule.object, live]]), [schedule], owned);
  const { fields, former, gaps } = whole.get(schedule.object) ?? {};
  return { hours: Number(fields?.['offsetMs']) / HOUR_MS, until: former?.until, gaps, isAsked };
}

const recordOf = (hours?: number): Recorded => ({
  hash: 'h',
  made: { fields: hours === undefined ? {} : { offsetMs: hours * HOUR_MS }, unseen: {}, learned: {} },
});

test('the former offset is the recorded one, until now', async () => {
  expect(await found(recordOf(6), 6)).toMatchObject({ hours: 6, until: NOW, gaps: { intervals: 5 } });
});

test('where it is the same nothing is left out', async () => {
  expect(await found(recordOf(1), 1)).toMatchObject({ hours: 1, gaps: undefined });
});

test('an apply that was cut before it recorded its own offset is taken up where its definition began to run', async () => {
  expect(await found(recordOf(6), 1)).toMatchObject({
    ...{ hours: 6, until: new Date(CUT_AT), gaps: { from: '2026-11-24T04:00:00Z' } },
  });
});

test('so is one that was cut and is taken back: runs went by the larger offset meanwhile', async () => {
  expect(await found(recordOf(1), 6)).toMatchObject({ hours: 6, until: new Date(CUT_AT) });
});

test('a record of a version that kept no offset is completed by the definition that was applied', async () => {
  expect(await found(recordOf(), 6)).toMatchObject({ hours: 6, until: NOW, gaps: { intervals: 5 } });
  expect(await found({ hash: 'h' }, 6)).toMatchObject({ hours: 6, until: NOW });
});

test('without a record, as where MariaDB does not answer, the store is not asked and nothing is a difference', async () => {
  expect(await found(undefined, 6)).toMatchObject({ hours: 1, gaps: undefined, isAsked: false });
});

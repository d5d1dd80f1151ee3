import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { BackfillInput, BackfillProgress, Load, LoadReport } from '../load/messages.ts';

const ENV = defineSearchAttributeKey('Env', 'KEYWORD');
const TABLE = defineSearchAttributeKey('TableName', 'KEYWORD');
const INTERVAL_START = defineSearchAttributeKey('IntervalStart', 'DATETIME');
const INTERVAL_END = defineSearchAttributeKey('IntervalEnd', 'DATETIME');
const TRIGGER = defineSearchAttributeKey('TriggerKind', 'KEYWORD');
const DEFINITION = defineSearchAttributeKey('DefinitionHash', 'KEYWORD');
const ROWS = defineSearchAttributeKey('Rows', 'INT');

/** What a person sees of a run in Temporal's web UI without opening its history. */
export function showLoad(load: Load): void {
  const attributes: SearchAttributePair[] = [
    ...(load.env === undefined ? [] : [{ key: ENV, value: load.env }]),
    { key: TABLE, value: load.table },
    { key: INTERVAL_START, value: new Date(load.interval.start) },
    { key: INTERVAL_END, value: new Date(load.interval.end) },
    { key: TRIGGER, value: load.trigger },
    { key: DEFINITION, value: load.definitionHash },
  ];
  upsertSearchAttributes(attributes);
  showStep(load, 'started');
}

export function showStep(load: Load, step: string): void {
  setCurrentDetails(`${heading(load)}\n\n${step}`);
}

export function showDone(load: Load, report: LoadReport): void {
  upsertSearchAttributes([{ key: ROWS, value: report.rows }]);
  setCurrentDetails(
    `${heading(load)}\n\n**${report.rows} rows** loaded (${report.replacedRows} before) as load ${report.loadId}`,
  );
}

export function showBackfill(input: BackfillInput, progress: BackfillProgress, total: number): void {
  upsertSearchAttributes([
    { key: TABLE, value: input.table },
    { key: TRIGGER, value: 'backfill' },
    { key: ROWS, value: progress.rows },
  ]);
  const failures = progress.firstFailures.map((failure) => `\n- ${failure}`).join('');
  setCurrentDetails(
    `**${input.table}** ${input.from} → ${input.to}\n\n${progress.loaded} of ${total} intervals loaded, ${progress.failed} failed, ${progress.rows} rows${failures}`,
  );
}

function heading(load: Load): string {
  return `**${load.table}** ${load.interval.start} → ${load.interval.end} (${load.trigger})`;
}

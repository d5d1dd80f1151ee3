import type {
  ExternalDefinition,
  Field,
  PullDefinition,
  RollupDefinition,
  StreamDefinition,
  ViewDefinition,
} from './definition.ts';
import { data, operational, type Facts } from './facts.ts';

/** What each fact of each kind of definition decides, and its default. The hashes are made by it. */

/** What the vocabulary gives a fact that the user leaves out. */
export const DEFAULTS = {
  offsetMs: 0,
  minRows: 1,
  write: 'interval',
  outside: 'fail',
  dedupeMs: 3_600_000,
  partitions: 4,
  version: 1,
} as const;

const COMMON = { name: data(), description: operational(), owner: operational() };

const FIELD: Facts<Field> = {
  name: data(),
  type: data(),
  nullable: data({ default: false }),
  optional: data({ default: false }),
  min: data(),
  max: data(),
  exclusiveMin: data(),
  exclusiveMax: data(),
  pattern: data(),
  values: data(),
  offset: data(),
  microseconds: data(),
  precision: data(),
  scale: data(),
  zone: data(),
  at: data(),
};

const TABLE = {
  ...COMMON,
  calendar: data(),
  offsetMs: operational({ default: DEFAULTS.offsetMs }),
  time: data(),
  key: data(),
  fields: data({ inside: () => FIELD }),
};

const STREAM: Facts<StreamDefinition> = {
  ...COMMON,
  kind: data(),
  fields: data({ inside: () => FIELD }),
  id: data(),
  time: data(),
  dedupeMs: data({ default: DEFAULTS.dedupeMs }),
  topic: data(),
  partitions: operational({ default: DEFAULTS.partitions }),
  version: data({ default: DEFAULTS.version }),
};

/** Those of its source are named by the source's kind. */
const PULL: Facts<PullDefinition> = {
  ...TABLE,
  kind: data(),
  write: data({ default: DEFAULTS.write }),
  outside: data({ default: DEFAULTS.outside }),
  since: operational(),
  forEach: data(),
  minRows: operational({ default: DEFAULTS.minRows }),
};

const ROLLUP: Facts<RollupDefinition> = { ...TABLE, kind: data(), sql: data(), counts: operational() };

const VIEW: Facts<ViewDefinition> = { ...COMMON, kind: data(), sql: data() };

const EXTERNAL: Facts<ExternalDefinition> = {
  ...COMMON,
  kind: data(),
  schema: data(),
  fields: data({ inside: () => FIELD }),
};

export const FACTS = { stream: STREAM, pull: PULL, rollup: ROLLUP, view: VIEW, external: EXTERNAL };

/** Every kind of definition. */
export const KINDS = Object.keys(FACTS) as (keyof typeof FACTS)[];

import type { Definition, TableDefinition, PullDefinition } from '../definition/definition.ts';
import { FACTS } from '../definition/kinds.ts';
import type { Reading } from '../definition/read-record.ts';
import type { LoadDeps, OutsideDeps } from '../load/deps.ts';
import { MillraceError } from '../errors.ts';
import type { Ask, Batch, Rows, Source } from '../load/source.ts';
import { readsOf } from '../definition/definition.ts';
import { columnNamed } from '../definition/table-row.ts';
import { druid } from './druid/index.ts';
import { http } from './http/index.ts';
import { forEachRow } from './for-each/index.ts';
import { known } from './known.ts';

/** Every kind of source that a pull may have, by the key under which its definition gives the options. */
export const PULL_SOURCES = {
  /** Another system's HTTP API, page by page: GET, or POST with a JSON body. */
  http,
};

/** The source of one table, with its facts. */
export interface TableSource<Deps extends OutsideDeps = LoadDeps> {
  /** What a load waits for before it asks, by name. */
  waitsFor: string[];
  /** Loads the code that fetches rows. */
  open(): Promise<OpenSource<Deps>>;
}

/** What fetches the rows of one table. */
export interface OpenSource<Deps extends OutsideDeps = LoadDeps> {
  fetch(ask: Ask<Deps>): AsyncGenerator<Batch>;
  /** May the next batch be asked for while one is written? Else it is asked for when that is done. */
  mayOverlap: boolean;
  /** How its records write their values. */
  reading: Reading;
  misfit: Rows<never>['misfit'];
}

/** Where the rows of a table come from. */
export function sourceOf(definition: TableDefinition): TableSource {
  switch (definition.kind) {
    case 'pull':
      return pullSource(definition);
    case 'rollup':
      return bound(druid, definition);
  }
}

/** The name of a pull's source: the definition has its facts under it. @throws WORKER_TOO_OLD */
export function pullSourceName(definition: PullDefinition): keyof typeof PULL_SOURCES {
  const found = knownSource(definition);
  if (found === undefined) throw unknownSource(definition);
  return found;
}

function knownSource(definition: PullDefinition): keyof typeof PULL_SOURCES | undefined {
  const names = Object.keys(PULL_SOURCES) as (keyof typeof PULL_SOURCES)[];
  return names.find((name) => name in definition);
}

/** The kind of source of a definition; undefined: it has none, or this version does not know it. */
export function sourceNameOf(definition: Definition): string | undefined {
  if (definition.kind === 'rollup') return 'druid';
  return definition.kind === 'pull' ? knownSource(definition) : undefined;
}

/** Names of the secrets that the source of a definition shows to others, as far as this version knows it. */
export function secretsOf(definition: Definition): string[] {
  if (definition.kind !== 'pull') return [];
  return Object.entries(PULL_SOURCES).flatMap(([name, source]: [string, Bindable<never>]) =>
    name in definition ? (source.secrets?.(Reflect.get(definition, name) as never) ?? []) : [],
  );
}

function unknownSource({ name }: PullDefinition): MillraceError {
  return new MillraceError(
    'WORKER_TOO_OLD',
    `This worker's millrace does not know the kind of source of pull '${name}', which a newer version has applied. Upgrade the worker; the table keeps its last good rows.`,
    { context: { pull: name } },
  );
}

/** Where the rows of a pull come from. @throws WORKER_TOO_OLD */
export function pullSource(definition: PullDefinition): TableSource<OutsideDeps> {
  const name = pullSourceName(definition);
  // Without a fact that only a newer version knows, a load would be another one than the definition says.
  for (const fact of Object.keys(definition)) known({ ...FACTS.pull, ...PULL_SOURCES }, fact, 'pull');
  const source: Bindable<never> = PULL_SOURCES[name];
  // Written by this source's own `read`: its shape is known.
  const facts = Reflect.get(definition, name) as never;
  const one = bound(source, facts);
  const { forEach: sql } = definition;
  if (sql === undefined) return one;
  const rows = { sql, columns: columnsUsed(definition), atOnce: source.atOnce?.(facts) ?? 1 };
  return {
    waitsFor: [...one.waitsFor, ...readsOf(sql)],
    open: async () => {
      const { fetch, ...of } = await one.open();
      return { ...of, fetch: (ask) => forEachRow(rows, ask, fetch) };
    },
  };
}

/** Names of the columns of its `forEach` that a pull uses: in the texts of its source, and in its row. */
export function columnsUsed(definition: PullDefinition): string[] {
  const name = pullSourceName(definition);
  const source: Bindable<never> = PULL_SOURCES[name];
  const inTexts = source.columns?.(Reflect.get(definition, name) as never) ?? [];
  const inRow = definition.fields.flatMap(({ at = '' }) => columnNamed(at) ?? []);
  return [...new Set([...inTexts, ...inRow])];
}

type Bindable<Facts extends object, Deps extends OutsideDeps = OutsideDeps> = Pick<
  Source<never, Facts, Deps>,
  'waitsFor' | 'secrets' | 'columns' | 'atOnce' | 'open'
>;

function bound<Facts extends object, Deps extends OutsideDeps>(
  source: Bindable<Facts, Deps>,
  facts: Facts,
): TableSource<Deps> {
  return {
    waitsFor: source.waitsFor?.(facts) ?? [],
    open: async () => {
      const { fetch, reading, misfit } = await source.open();
      return {
        fetch: (ask) => fetch(facts, ask),
        mayOverlap: (source.atOnce?.(facts) ?? 1) > 1,
        reading: reading?.(facts) ?? {},
        misfit,
      };
    },
  };
}

import { lastEndBy } from '../../definition/calendar.ts';
import {
  isTable,
  readsOf,
  type ExternalDefinition,
  type TableDefinition,
  type ViewDefinition,
} from '../../definition/definition.ts';
import type { LoadDeps } from '../deps.ts';
import type { Until } from '../patience.ts';
import type { Ends, Wait } from './wait.ts';

/**
 * Waits until a table is as far as the load's own interval: until the last of its intervals that ends by then is loaded, or
 * a later one. Earlier gaps are not waited for: a table whose rows are states need not have them.
 */
export const table: Wait<TableDefinition> = {
  note: async (_deps, definition, { interval }) => ({
    [definition.name]: lastEndBy(definition.calendar, interval.end),
  }),
  complete: (deps, _definition, ends, until) => untilLoaded(deps, ends, until),
};

/** Waits for each table that the view reads. */
export const view: Wait<ViewDefinition> = {
  note: async (deps, definition, { interval }) => {
    const tables = await tablesRead(deps, definition);
    return Object.fromEntries(tables.map((one) => [one.name, lastEndBy(one.calendar, interval.end)]));
  },
  complete: (deps, _definition, ends, until) => untilLoaded(deps, ends, until),
};

/** Somebody else fills it: it is read as it is. */
export const external: Wait<ExternalDefinition> = {
  note: async () => ({}),
  complete: async () => ({}),
};

async function untilLoaded({ ledger }: LoadDeps, ends: Ends, until: Until): Promise<Record<string, never>> {
  for (const [name, end] of Object.entries(ends)) {
    await until('TABLE_NOT_LOADED', async () => {
      const newest = await ledger.newestEnd(name);
      if (newest !== undefined && Date.parse(newest) >= Date.parse(end)) return { reached: true };
      const standing = newest === undefined ? 'nothing of it is loaded' : `it is loaded up to ${newest}`;
      return {
        missing: `'${name}' is waited for up to ${end}, and ${standing}. The run goes on once that is loaded, and fails after an hour: then run the interval again. 'npx millrace status ${name}' says how it stands.`,
      };
    });
  }
  return {};
}

async function tablesRead(
  deps: Pick<LoadDeps, 'catalogue'>,
  { sql }: ViewDefinition,
): Promise<TableDefinition[]> {
  const read = await Promise.all(readsOf(sql).map((name) => deps.catalogue.byName(name)));
  const tables = await Promise.all(
    read.map(async ({ definition }) => {
      if (definition.kind === 'view') return tablesRead(deps, definition);
      return isTable(definition) ? [definition] : [];
    }),
  );
  return tables.flat();
}

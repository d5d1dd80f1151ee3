import type { Definition } from '../../definition/definition.ts';
import type { LoadDeps } from '../deps.ts';
import type { Load, Offsets } from '../messages.ts';
import { patience } from '../patience.ts';
import { asResolved } from './as-resolved.ts';
import { stream } from './stream/index.ts';
import { external, table, view } from './table.ts';
import type { Wait } from './wait.ts';

/** How a load waits, by the kind of definition that it waits for. */
const WAITS: { [Kind in Definition['kind']]: Wait<Extract<Definition, { kind: Kind }>> } = {
  stream,
  pull: table,
  rollup: table,
  view,
  external,
};

const POLL_MS = 100;

/** Where all that a load waits for stands at this moment, by name. @throws TABLE_UNKNOWN */
export async function endsOf(deps: LoadDeps, load: Load): Promise<Offsets> {
  const ends: Offsets = {};
  for (const { name, wait, definition } of await awaitedBy(deps, load)) {
    ends[name] = await wait.note(deps, definition, load);
  }
  return ends;
}

/**
 * Waits until everything before these ends is there to be asked for, for as long as the patience of one try lasts.
 * @returns the load's coverage
 * @throws what a wait throws when the patience is over (retried) · TABLE_UNKNOWN
 */
export async function completeTo(deps: LoadDeps, load: Load, ends: Offsets): Promise<Offsets> {
  const until = patience({ firstPauseMs: POLL_MS });
  const coverage: Offsets = {};
  for (const { name, wait, definition } of await awaitedBy(deps, load)) {
    const part = await wait.complete(deps, definition, ends[name] ?? {}, until);
    for (const [of, offsets] of Object.entries(part)) coverage[of] = { ...coverage[of], ...offsets };
  }
  return coverage;
}

interface Awaitable {
  name: string;
  wait: Wait<never>;
  /** Of the kind that the wait is for. */
  definition: never;
}

/** Each definition that a load waits for, as it was applied when the load was resolved, with how to wait for it. */
async function awaitedBy(deps: LoadDeps, load: Load): Promise<Awaitable[]> {
  const awaited: Awaitable[] = [];
  for (const name of load.streams) {
    const definition = await asResolved(deps, load, name);
    const wait: Wait<never> = WAITS[definition.kind];
    awaited.push({ name, wait, definition: definition as never });
  }
  return awaited;
}

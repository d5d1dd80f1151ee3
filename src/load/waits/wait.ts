import type { Definition } from '../../definition/definition.ts';
import type { LoadDeps } from '../deps.ts';
import type { Load, Offsets } from '../messages.ts';
import type { Until } from '../patience.ts';

/** How a load waits for one kind of definition, before it asks its source. */
export interface Wait<Kind extends Definition> {
  /** Where it stands, or has to: the load waits for everything before these ends, and for nothing after them. */
  note(deps: LoadDeps, definition: Kind, load: Load): Promise<Ends>;
  /**
   * Waits until everything before the ends is there to be asked for.
   * @returns its part of the load's coverage, under its name
   */
  complete(deps: LoadDeps, definition: Kind, ends: Ends, until: Until): Promise<Offsets>;
}

/** By part (of a stream: partition), decimal text. */
export type Ends = Offsets[string];

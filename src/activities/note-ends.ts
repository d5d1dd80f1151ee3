import type { LoadDeps } from '../load/deps.ts';
import type { Load, Offsets } from '../load/messages.ts';
import { endsOf } from '../load/waits/index.ts';

/**
 * Notes where all that a load waits for stands at this moment (of a stream: where its raw topic ends): the load waits
 * for everything before that, and for nothing after it.
 * @throws TABLE_UNKNOWN
 */
export const noteEnds =
  (deps: LoadDeps) =>
  (load: Load): Promise<Offsets> =>
    endsOf(deps, load);

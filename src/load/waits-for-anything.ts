import type { Load } from './messages.ts';

/** Does a load wait for anything before it asks its source (`waits/`)? Pure: workflows ask it. */
export function waitsForAnything(load: Load): boolean {
  return load.streams.length > 0;
}

import type { Load } from './messages.ts';

/** Does a load have to wait until Druid has the events of streams? Pure: workflows ask it. */
export function waitsForStreams(load: Load): boolean {
  return load.streams.length > 0;
}

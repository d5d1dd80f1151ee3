import { setTimeout as sleep } from 'node:timers/promises';

/** Waits between two looks. @returns false when the signal ended it */
export function paused(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}

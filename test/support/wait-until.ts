import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  timeoutMs: number;
  /** Default 50. */
  everyMs?: number;
  /** What was seen last, for the message when the time is over. */
  saw?: () => unknown;
}

/** Looks again and again until the condition holds. @throws saying what was seen instead */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs, everyMs = 50, saw }: WaitOptions,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      const seen = saw === undefined ? '' : ` Seen last: ${String(saw())}`;
      throw new Error(`The condition did not hold within ${timeoutMs} ms.${seen}`);
    }
    await sleep(everyMs);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import { MillraceError, type ErrorCode } from '../errors.ts';
import { say } from './signs-of-life.ts';

/** Either what was waited for, or (as text) what is still missing. */
export type Progress<T> = { reached: T } | { missing: string };

/**
 * Looks again and again until there is what is waited for.
 * @param why begun with the wait, and aborted with it: why it takes so long, as a sentence. Who runs out of patience hears
 *   it out; where it fails, nobody knows why
 * @throws that code (retried), with what is missing, when the patience is over
 */
export type Until = <T>(code: ErrorCode, look: () => Promise<Progress<T>>, why?: Why) => Promise<T>;

export type Why = (signal: AbortSignal) => Promise<string | undefined>;

/**
 * How long one try waits before it fails with what it waited for. Between tries no place in the worker is held: what is
 * waited for may need it, and while one server is down, those who wait for it must not keep the others from running.
 */
const PATIENCE_MS = 5_000;
const GROWTH = 1.5;

/**
 * Begins the patience of one try of an activity; all that the try waits for shares it. While it waits, the activity
 * says what is missing; a cancel ends it at once.
 * @param pauses `longestPauseMs`: up to which the pause between two looks grows; without it, it does not grow
 */
export function patience(pauses: { firstPauseMs: number; longestPauseMs?: number }): Until {
  const { firstPauseMs, longestPauseMs = firstPauseMs } = pauses;
  const deadlineMs = Date.now() + PATIENCE_MS;
  return async (code, look, why) => {
    const cancelled = cancellationSignal();
    const over = new AbortController();
    const heard: { why?: string | undefined } = {};
    const hearing = why?.(AbortSignal.any([cancelled, over.signal])).then(
      (text) => void (heard.why = text),
      () => undefined,
    );
    try {
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * GROWTH, longestPauseMs)) {
        const progress = await look();
        if ('reached' in progress) return progress.reached;
        const isOver = Date.now() > deadlineMs;
        if (isOver) await hearing;
        cancelled.throwIfAborted();
        const missing = heard.why === undefined ? progress.missing : `${progress.missing} ${heard.why}`;
        say(missing);
        if (isOver) throw new MillraceError(code, missing);
        await sleep(pauseMs, undefined, { signal: cancelled });
      }
    } finally {
      over.abort();
    }
  };
}

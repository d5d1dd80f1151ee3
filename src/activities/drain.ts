import { cancellationSignal } from '@temporalio/activity';
import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '../errors.ts';
import type { LoadDeps } from '../load/deps.ts';
import type { Load, Offsets } from '../load/messages.ts';
import { say } from '../load/signs-of-life.ts';
import { consumedTo, queryableTo, type Progress } from '../sources/druid/progress.ts';
import { streamsOf } from '../sources/druid/streams.ts';
import { CLEAN_TOPICS } from '../store/coverage.ts';

/**
 * How long one try waits before it fails with what it waited for. Between tries no place in the worker is held: while
 * Druid is down, waiting rollups must not keep pulls from running.
 */
const PATIENCE_MS = 5_000;
const POLL_MS = 100;

/**
 * Waits until Druid has every event that stood in the raw topics when `ends` was noted.
 *
 * Two steps per partition: our consumer's committed position has passed the noted end, and Druid's tasks have
 * passed the last clean record that we had produced by then. Never "lag 0" (a commit marker keeps it at 1) and
 * never event time. A stream without any event is drained at once.
 * @returns per stream and partition the clean offset up to which Druid has been seen to be complete, and of which topic
 * @throws STREAM_NOT_DRAINED (retried) saying which partition is waited for, and on whom
 */
export const drain =
  (deps: LoadDeps) =>
  async (load: Load, ends: Offsets): Promise<Offsets> => {
    const deadlineMs = Date.now() + PATIENCE_MS;
    const coverage: Offsets = {};
    const cleanTopics: Record<string, string> = {};
    for (const stream of await streamsOf(deps, load)) {
      const consumed = await until(deadlineMs, () => consumedTo(deps, stream, ends[stream.name] ?? {}));
      const { offsets, cleanTopic } = consumed;
      await until(deadlineMs, () => queryableTo(deps, stream, offsets));
      coverage[stream.name] = offsets;
      if (cleanTopic !== undefined) cleanTopics[stream.name] = cleanTopic;
    }
    return Object.keys(cleanTopics).length === 0 ? coverage : { ...coverage, [CLEAN_TOPICS]: cleanTopics };
  };

async function until<T>(deadlineMs: number, look: () => Promise<Progress<T>>): Promise<T> {
  for (;;) {
    const progress = await look();
    if ('reached' in progress) return progress.reached;
    say(progress.missing);
    if (Date.now() > deadlineMs) throw new MillraceError('STREAM_NOT_DRAINED', progress.missing);
    await sleep(POLL_MS, undefined, { signal: cancellationSignal() });
  }
}

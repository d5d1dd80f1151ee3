import { once } from 'node:events';
import type { WorkflowHandle } from '@temporalio/client';
import { PROGRESS_QUERY, type BackfillState } from '../load/messages.ts';
import { paused } from './paused.ts';
import { isTerminal } from './print.ts';
import { ageOf, counted } from './table.ts';
import type { Teller } from './teller.ts';

/** How often a bar moves; where nobody watches, a line is written less often. */
const BAR_EVERY_MS = 1_000;
const LINE_EVERY_MS = 10_000;
/** The rate is that of so long: what was true an hour ago says little of the time left. */
const WINDOW_MS = 30_000;
const BAR_WIDTH = 16;

/** How far a backfill was, and when. */
interface Seen extends BackfillState {
  atMs: number;
}

/**
 * Tells how far a backfill is until the signal ends it: a bar with rate and time left on a terminal, a line every 10 s
 * elsewhere.
 */
export async function tellProgress(
  handle: Pick<WorkflowHandle, 'query'>,
  teller: Teller,
  signal: AbortSignal,
): Promise<void> {
  const seen: Seen[] = [];
  const isBar = isTerminal('stderr');
  const ended = aborted(signal);
  while (await paused(isBar ? BAR_EVERY_MS : LINE_EVERY_MS, signal)) {
    // Without a worker nobody answers, and who waits for the result is told that. The end need not wait for an answer.
    const asked = handle.query<BackfillState>(PROGRESS_QUERY).catch(() => undefined);
    const state = await Promise.race([asked, ended]);
    if (state === undefined) continue;
    seen.push({ ...state, atMs: Date.now() });
    while (seen.length > 2 && Date.now() - (seen[0]?.atMs ?? 0) > WINDOW_MS) seen.shift();
    const text = progressText(seen, { bar: isBar });
    if (isBar) teller.progress(text);
    else teller.say(text);
  }
  teller.clear();
}

/** `██████░░░░░░  120 of 744 intervals, 3.2/s, 3 min left, 2880 rows, 1 failed`, of looks in order of time. */
export function progressText(seen: readonly Seen[], { bar }: { bar: boolean }): string {
  const last = seen.at(-1);
  if (last === undefined || last.total === null) return 'listing the intervals';
  const done = last.loaded + last.failed;
  const filled = last.total === 0 ? BAR_WIDTH : Math.floor((BAR_WIDTH * done) / last.total);
  const parts = [
    `${done} of ${counted(last.total, 'interval')}`,
    ...rateText(seen, last.total - done),
    counted(last.rows, 'row'),
    ...(last.failed === 0 ? [] : [`${last.failed} failed`]),
  ];
  return `${bar ? `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}  ` : ''}${parts.join(', ')}`;
}

function rateText(seen: readonly Seen[], left: number): string[] {
  const [first] = seen;
  const last = seen.at(-1);
  if (first === undefined || last === undefined || last.atMs === first.atMs) return [];
  const done = last.loaded + last.failed - first.loaded - first.failed;
  const perSecond = (1_000 * done) / (last.atMs - first.atMs);
  return perSecond === 0
    ? ['0/s']
    : [`${perSecond.toFixed(1)}/s`, `${ageOf((1_000 * left) / perSecond)} left`];
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}

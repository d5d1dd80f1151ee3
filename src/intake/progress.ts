import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskFailure } from '../clients/druid-failures.ts';
import type { StreamDefinition } from '../definition/definition.ts';
import { type HeldUp, heldUpIn } from './held-up.ts';
import { openIn, unmovedIn } from './moved.ts';
import { type LookDeps, type PartitionStanding, type Standing, standingOf } from './standing.ts';

/** How Druid gets on in a stream. */
export type IntakeState =
  /** It has read all that was written when it was asked. */
  | { state: 'done' }
  /** It has not yet, and was seen to read on. */
  | { state: 'moving' }
  /** It has not yet and was not seen to, but it has only just begun, or what it has to read has only just arrived. */
  | { state: 'starting' }
  /** It was not seen to for some seconds. */
  | { state: 'stuck'; standing: Standing; heldUp: HeldUp[] }
  /** Its tasks fail one after the other. */
  | { state: 'failing'; failure: TaskFailure };

/** For how long Druid is looked at that does not move. */
export interface Pace {
  /** Who has not moved for so long is asked why. */
  doubtMs: number;
  /** Who has not moved for so long is stuck. A healthy task stands still for a moment while it writes to disk. */
  proofMs: number;
  /** Ends it, with an error. */
  signal?: AbortSignal;
}

const THOROUGH: Pace = { doubtMs: 1_000, proofMs: 5_000 };

const FIRST_PAUSE_MS = 200;
const PAUSE_MS = 500;

/**
 * Looks how Druid gets on in a stream: once where it has nothing left to read, and again and again for up to 5 s where
 * it has. Nothing is remembered between two calls.
 * @returns undefined where Druid has no supervisor for it
 */
export async function progressOf(
  deps: LookDeps,
  stream: StreamDefinition,
  { doubtMs, proofMs, signal }: Pace = THOROUGH,
): Promise<IntakeState | undefined> {
  const failure = await deps.druid.lastFailure(deps.names.datasource(stream));
  if (failure !== undefined) return { state: 'failing', failure };
  const first = await standingOf(deps, stream);
  if (first === undefined) return undefined;
  const open = openIn(first);
  if (open.length === 0) return { state: 'done' };
  const startMs = Date.now();
  const lookOn = (before: readonly PartitionStanding[], forMs: number) =>
    lookUntil(startMs + forMs, deps, stream, before, signal);

  const doubted = await lookOn(open, doubtMs);
  if (doubted === undefined) return undefined;
  if (doubted.unmoved.length === 0) return moving(first, doubted.standing);
  const heldUp = await heldUpIn(deps, doubted.standing, doubted.unmoved);
  if (heldUp.length === 0) return { state: 'starting' };

  const proven = await lookOn(among(doubted.unmoved, heldUp), proofMs);
  if (proven === undefined) return undefined;
  if (proven.unmoved.length === 0) return moving(first, proven.standing);
  return { state: 'stuck', standing: proven.standing, heldUp: among(heldUp, proven.unmoved) };
}

/** What the last look has found. */
interface Looked {
  standing: Standing;
  /** Where Druid has not moved in any look. */
  unmoved: PartitionStanding[];
}

/** Looks again and again, until Druid has moved in all of these partitions or the time is over. */
async function lookUntil(
  deadlineMs: number,
  deps: LookDeps,
  stream: StreamDefinition,
  before: readonly PartitionStanding[],
  signal: AbortSignal | undefined,
): Promise<Looked | undefined> {
  let unmoved = before;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = PAUSE_MS) {
    await sleep(pauseMs, undefined, { signal });
    const standing = await standingOf(deps, stream);
    if (standing === undefined) return undefined;
    const still = unmovedIn(standing, unmoved);
    if (still.length === 0 || Date.now() > deadlineMs) return { standing, unmoved: still };
    unmoved = still;
  }
}

/** Those of some partitions that are among others, too. */
function among<T extends { partition: number }>(
  some: readonly T[],
  others: readonly { partition: number }[],
) {
  return some.filter(({ partition }) => others.some((other) => other.partition === partition));
}

function moving(first: Standing, { partitions }: Standing): IntakeState {
  const hasPassed = first.partitions.every(({ partition, written }) =>
    partitions.some((one) => one.partition === partition && (one.at ?? 0n) >= written),
  );
  return { state: hasPassed ? 'done' : 'moving' };
}

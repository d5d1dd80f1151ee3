import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamDefinition } from '../definition/definition.ts';
import { type HeldUp, heldUpIn } from './held-up.ts';
import { openIn, unmovedIn } from './moved.ts';
import { type IntakeDeps, type Standing, standingOf } from './standing.ts';

/** How Druid gets on in a stream. */
export type Progress =
  /** It has read all that was written when it was asked. */
  | { state: 'done' }
  /** It has not yet, and was seen to read on. */
  | { state: 'moving' }
  /** It has not yet and was not seen to, but it has only just begun, or what it has to read has only just arrived. */
  | { state: 'starting' }
  /** It was not seen to for some seconds. */
  | { state: 'stuck'; standing: Standing; heldUp: HeldUp[] };

const FIRST_PAUSE_MS = 200;
const PAUSE_MS = 500;
/** Who has not moved for so long is asked why. */
const DOUBT_MS = 1_000;
/** A healthy task stands still for a moment while it writes to disk. */
const PROOF_MS = 5_000;

/**
 * Looks how Druid gets on in a stream: once where it has nothing left to read, and again and again for up to 5 s where
 * it has. Nothing is remembered between two calls.
 * @returns undefined where Druid has no supervisor for it
 */
export async function progressOf(deps: IntakeDeps, stream: StreamDefinition): Promise<Progress | undefined> {
  const first = await standingOf(deps, stream);
  if (first === undefined) return undefined;
  const startMs = Date.now();
  let unmoved = openIn(first);
  if (unmoved.length === 0) return { state: 'done' };
  let heldUp: HeldUp[] | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = PAUSE_MS) {
    await sleep(pauseMs);
    const standing = await standingOf(deps, stream);
    if (standing === undefined) return undefined;
    unmoved = unmovedIn(standing, unmoved);
    const isHeldUp = ({ partition }: HeldUp) => unmoved.some((part) => part.partition === partition);
    if (unmoved.length === 0 || heldUp?.some(isHeldUp) === false) return moving(first, standing);
    const pastMs = Date.now() - startMs;
    if (heldUp === undefined && pastMs > DOUBT_MS) {
      heldUp = await heldUpIn(deps, standing, unmoved);
      if (heldUp.length === 0) return { state: 'starting' };
    }
    if (heldUp !== undefined && pastMs > PROOF_MS) {
      return { state: 'stuck', standing, heldUp: heldUp.filter(isHeldUp) };
    }
  }
}

function moving(first: Standing, { parts }: Standing): Progress {
  const hasPassed = first.parts.every(({ partition, written }) =>
    parts.some((part) => part.partition === partition && (part.at ?? 0n) >= written),
  );
  return { state: hasPassed ? 'done' : 'moving' };
}

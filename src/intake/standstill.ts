import type { StreamDefinition } from '../definition/definition.ts';
import { heldUpIn } from './held-up.ts';
import { openIn, unmovedIn } from './moved.ts';
import { type IntakeDeps, type Standing, standingOf } from './standing.ts';

/** What holds Druid up, as a person reads it; undefined while nothing is known to. */
export type Standstill = () => Promise<string | undefined>;

/** Most waits end sooner: they cost no look. */
const PATIENCE_MS = 1_000;
/** Who has not moved for so long is asked why. */
const DOUBT_MS = 2_000;

/**
 * For one who waits and asks again and again: Druid is looked at when the wait has lasted a second, and once more when
 * another 2 s have passed. What is found then stays the answer.
 */
export function standstill(deps: IntakeDeps, stream: StreamDefinition): Standstill {
  let beganMs: number | undefined;
  let first: { standing: Standing | undefined; atMs: number } | undefined;
  let answer: { text: string | undefined } | undefined;
  return async () => {
    beganMs ??= Date.now();
    if (Date.now() - beganMs < PATIENCE_MS) return undefined;
    first ??= { standing: await standingOf(deps, stream), atMs: Date.now() };
    if (answer === undefined && Date.now() - first.atMs > DOUBT_MS) {
      answer = { text: await sinceThen(deps, stream, first.standing) };
    }
    return answer?.text;
  };
}

async function sinceThen(
  deps: IntakeDeps,
  stream: StreamDefinition,
  first: Standing | undefined,
): Promise<string | undefined> {
  const standing = await standingOf(deps, stream);
  if (first === undefined || standing === undefined) return undefined;
  const heldUp = await heldUpIn(deps, standing, unmovedIn(standing, openIn(first)));
  return heldUp.length === 0 ? undefined : heldUp.map(({ why }) => why).join('; ');
}

/** With the pauses of `moves` in `workflows/calls.ts`, they take 15 s. */
const FEW_TRIES = 5;

/**
 * Is another try worth it after an answer that is whole, and yet not what is due? It may be a bad moment of the source;
 * what stays so over a few tries will not be mended by hours of them.
 *
 * @param tries how often Temporal has tried, this time included
 */
export function isEarly(tries: number): boolean {
  return tries < FEW_TRIES;
}

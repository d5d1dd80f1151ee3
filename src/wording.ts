import { ExactNumber } from './exact-number.ts';
import { withoutTokens } from './token-shapes.ts';

const MAX_SHOWN = 80;
/** A token is known by its shape: it must not be cut before it was looked for. */
const MAX_LOOKED_AT = 2_000;

/** A value as a message shows it, in at most 80 characters, however large or deep it is; `***` stands for a token. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    const text = withoutTokens(value.slice(0, MAX_LOOKED_AT));
    const start = text.slice(0, MAX_SHOWN).replaceAll(/\p{Cc}/gu, ' ');
    return text.length <= MAX_SHOWN - 2 ? `'${start}'` : `'${start.slice(0, MAX_SHOWN - 3)}…'`;
  }
  if (value instanceof ExactNumber) return value.text.slice(0, MAX_SHOWN);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value !== 'object' || value === null) return String(value).slice(0, MAX_SHOWN);
  return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
}

/** A text of which at most so many characters are left; `…` says that it was longer, also to whoever hides secrets. */
export function cutTo(maxLength: number, text: string): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}

/** `; did you mean 'x'?` for the candidate that is nearest to a mistyped word, or '' where none is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const [nearest] = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? '' : `did you mean '${nearest.candidate}'?`;
}

/** How a message about an unknown name ends: `; did you mean 'x'? There are x, y.` */
export function alternatives(word: string, candidates: readonly string[]): string {
  const near = didYouMean(word, candidates);
  if (candidates.length === 0) return '; there are none yet.';
  const listed = candidates.slice(0, MAX_LISTED).join(', ');
  const more = candidates.length > MAX_LISTED ? ` and ${candidates.length - MAX_LISTED} more` : '';
  return `${near === '' ? '.' : `; ${near}`} There are ${listed}${more}.`;
}

const MAX_LISTED = 30;

/** Levenshtein's distance. Words in a message are short: 80 characters of the first are compared. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [i, letter] of [...a.slice(0, MAX_SHOWN)].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const substituted = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

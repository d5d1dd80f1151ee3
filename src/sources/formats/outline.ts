import { shown } from '../../wording.ts';

/** What a document is made of, without its values: those may be anybody's. */
export function outlineOf(body: unknown): string {
  if (Array.isArray(body)) return `a list of ${body.length}`;
  if (typeof body !== 'object' || body === null) return `a ${body === null ? 'null' : typeof body}`;
  return `an object with ${Object.keys(body).slice(0, 12).map(shown).join(', ') || 'nothing in it'}`;
}

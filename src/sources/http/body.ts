import { shown } from '../../wording.ts';

/** What stands in a document at a path of keys with dots between them; '' is the document itself. */
export function valueAt(body: unknown, path: string): unknown {
  if (path === '') return body;
  return path.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Record<string, unknown>)[key]
      : undefined;
  }, body);
}

/** What a document is made of, without its values: those may be anybody's. */
export function outlineOf(body: unknown): string {
  if (Array.isArray(body)) return `a list of ${body.length}`;
  if (typeof body !== 'object' || body === null) return `a ${body === null ? 'null' : typeof body}`;
  return `an object with ${Object.keys(body).slice(0, 12).map(shown).join(', ') || 'nothing in it'}`;
}

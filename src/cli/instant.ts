import { MillraceError } from '../errors.ts';

/** Reads the instant of an option: RFC 3339, or a plain date, which means midnight UTC. @throws INPUT_INVALID */
export function instant(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const parsed = Date.parse(isDay ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(parsed) || (!isDay && !/(Z|[+-]\d{2}:\d{2})$/.test(text))) {
    throw new MillraceError(
      'INPUT_INVALID',
      `'${text}' is not an instant. Give 2026-01-31 or 2026-01-31T05:00:00Z.`,
    );
  }
  return new Date(parsed).toISOString().replace('.000Z', 'Z');
}

/** An empty range is a slip of the hand. @param what lies in it, as a sentence @throws INPUT_INVALID */
export function refuseEmpty(from: string | undefined, to: string | undefined, what: string): void {
  if (from === undefined || to === undefined || Date.parse(from) < Date.parse(to)) return;
  throw new MillraceError('INPUT_INVALID', `--from ${from} does not lie before --to ${to}: ${what}`);
}

import { MillraceError } from '../errors.ts';

/**
 * The kind of that name, where a load needs it: what it would do without is not what the definition says.
 *
 * @param option where the definition names it, such as `http.pages.kind`
 * @throws WORKER_TOO_OLD (retried: a newer worker may take it over) where a newer version has applied the definition
 */
export function known<Kind>(kinds: Readonly<Record<string, Kind>>, name: string, option: string): Kind {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind !== undefined) return kind;
  throw new MillraceError(
    'WORKER_TOO_OLD',
    `This worker's millrace does not know ${option} '${name}', which a newer version has applied. Upgrade the worker; the table keeps its last good rows.`,
    { context: { option, name } },
  );
}

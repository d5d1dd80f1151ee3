import { MillraceError } from '../errors.ts';

/** What a worker process does. Unless told, one process does all of it. */
export const ROLES = ['live', 'bulk', 'ingest'] as const;

export type Role = (typeof ROLES)[number];

/** Reads `live,bulk`. @throws INPUT_INVALID */
export function parseRoles(text: string | undefined): Role[] {
  if (text === undefined) return [...ROLES];
  const roles = text.split(',').map((role) => role.trim());
  const unknown = roles.filter((role) => !ROLES.some((known) => known === role));
  if (unknown.length === 0) return roles as Role[];
  throw new MillraceError(
    'INPUT_INVALID',
    `Unknown roles: ${unknown.join(', ')}. A worker's roles are ${ROLES.join(', ')}.`,
  );
}

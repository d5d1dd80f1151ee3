import { MillraceError } from '../../errors.ts';
import type { OpenRole } from '../role.ts';

/**
 * What a worker process can do. Unless told, one process does all of it.
 *
 * Only a role that was asked for is loaded: a process for events alone reads nothing of Temporal's worker.
 */
export const ROLES = {
  live: async () => (await import('./live.ts')).openLive,
  bulk: async () => (await import('./bulk.ts')).openBulk,
  ingest: async () => (await import('./ingest.ts')).openIngest,
} satisfies Record<string, () => Promise<OpenRole>>;

export type RoleName = keyof typeof ROLES;

export const ROLE_NAMES = Object.keys(ROLES) as RoleName[];

/** Reads `live,bulk`. @returns each role once, in the order of the list @throws INPUT_INVALID */
export function parseRoles(text: string | undefined): RoleName[] {
  if (text === undefined) return ROLE_NAMES;
  const asked = text.split(',').map((role) => role.trim());
  const unknown = asked.filter((role) => !ROLE_NAMES.some((known) => known === role));
  if (unknown.length === 0) return ROLE_NAMES.filter((role) => asked.includes(role));
  throw new MillraceError(
    'INPUT_INVALID',
    `Unknown roles: ${unknown.join(', ')}. A worker's roles are ${ROLE_NAMES.join(', ')}.`,
  );
}

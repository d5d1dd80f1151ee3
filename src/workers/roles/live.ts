import { openQueue } from '../queue.ts';
import type { Role, RoleContext } from '../role.ts';

/** The role `live`: scheduled runs and those that a person starts. Needs all servers but Superset. */
export function openLive(context: RoleContext): Promise<Role> {
  return openQueue('live', context);
}

import { openQueue } from '../queue.ts';
import type { Role, RoleContext } from '../role.ts';

/** The role `bulk`: the loads of backfills, in a queue of their own, so that they cannot hold scheduled runs up. */
export function openBulk(context: RoleContext): Promise<Role> {
  return openQueue('bulk', context);
}

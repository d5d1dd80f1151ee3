import { messageOf } from '../errors.ts';
import type { OpenRole, Role, RoleContext } from './role.ts';

interface Ends {
  /** Its end is the order to stop. */
  told: Promise<unknown>;
  /** Called once every role takes work. */
  onReady(): void;
}

/**
 * Opens the roles one after the other, runs them all, and stops them when told to, or when one of them ends.
 *
 * The role that was opened last is told to stop first; all of them drain at the same time.
 * @throws what a role could not be opened for, or was ended by, once all that was open has stopped
 */
export async function runRoles(roles: readonly OpenRole[], context: RoleContext, ends: Ends): Promise<void> {
  const open: Role[] = [];
  const failures: unknown[] = [];
  try {
    for (const role of roles) {
      const opened = await openUnlessTold(role, context, ends.told);
      if (opened === undefined) break;
      open.push(opened);
    }
    if (open.length === roles.length) await runAll(open, ends);
  } catch (error) {
    failures.push(error);
  }
  await stopAll(open, failures, context);
}

async function runAll(open: readonly Role[], { told, onReady }: Ends): Promise<void> {
  const runs = open.map((role) => role.run());
  onReady();
  await Promise.race([told, ...runs]);
}

/** @returns undefined when the order to stop came first; what opens late is closed, and nobody waits for it */
async function openUnlessTold(
  role: OpenRole,
  context: RoleContext,
  told: Promise<unknown>,
): Promise<Role | undefined> {
  const opening = role(context);
  const opened = await Promise.race([told.then(() => undefined), opening]);
  if (opened === undefined) {
    void opening.then(
      (late) => late.stop(),
      () => undefined,
    );
  }
  return opened;
}

/** @throws the first failure, once all that was open has stopped */
async function stopAll(open: Role[], failures: unknown[], context: RoleContext): Promise<void> {
  const stops = await Promise.allSettled(open.reverse().map((role) => role.stop()));
  for (const stop of stops) if (stop.status === 'rejected') failures.push(stop.reason);
  for (const further of failures.slice(1)) {
    context.log.error({ error: messageOf(further) }, 'a role could not stop in good order');
  }
  if (failures.length > 0) throw failures[0];
}

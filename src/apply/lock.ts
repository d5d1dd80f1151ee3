import type { Database } from '../clients/mariadb.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';

type ApplyNames = Pick<Names, 'applyLock' | 'env'>;

/**
 * Lets one apply at a time work on an env.
 * @param admin has a single connection: the lock belongs to that, and ends with it
 * @throws APPLY_RUNNING
 */
export async function holdLock(admin: Database, names: ApplyNames): Promise<void> {
  const [row] = await admin.query('SELECT GET_LOCK(?, 10) AS held', [names.applyLock]);
  if (Number(row?.['held']) === 1) return;
  throw new MillraceError(
    'APPLY_RUNNING',
    `Another apply to env '${names.env}' is running (for 10 s and more). Wait for it, then apply again.`,
  );
}

/**
 * apply asks this before each step. When its connection breaks, the driver opens another one silently, and that one
 * does not hold the lock.
 * @throws MARIADB_UNAVAILABLE
 */
export async function refuseLostLock(admin: Database, names: ApplyNames): Promise<void> {
  const [row] = await admin.query('SELECT IS_USED_LOCK(?) <=> CONNECTION_ID() AS held', [names.applyLock]);
  if (Number(row?.['held']) === 1) return;
  throw new MillraceError(
    'MARIADB_UNAVAILABLE',
    `The connection that held the lock of env '${names.env}' broke: another apply may be running. Apply again; it goes on where this one stopped.`,
  );
}

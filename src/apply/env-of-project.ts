import type { Database } from '../clients/mariadb.ts';
import type { Config } from '../config.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { projectIn } from '../store/project.ts';

/**
 * An env belongs to one project, the first that has applied to it. Another one would take the first's definitions for
 * removed. A project without a name is not known by it, and is let through.
 * @throws ENV_TAKEN
 */
export async function refuseOtherProject(
  db: Database,
  names: Names,
  { name, dir }: Config['project'],
): Promise<void> {
  const owner = name === undefined ? undefined : await projectIn(db, names).name();
  if (owner === undefined || owner === name) return;
  throw new MillraceError(
    'ENV_TAKEN',
    `On these servers, env '${names.env}' belongs to the project '${owner}', and this is '${name}' in ${dir}. Give this project an env of its own (MILLRACE_ENV=… in its .env). If '${owner}' was renamed, 'npx millrace apply --take-over' gives the env to '${name}'.`,
    { context: { env: names.env } },
  );
}

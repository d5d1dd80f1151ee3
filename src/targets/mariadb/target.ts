import { connectMariaDb } from '../../clients/mariadb.ts';
import type { Config } from '../../config.ts';
import { namesFor } from '../../names.ts';
import type { Target } from '../target.ts';
import { carryOut } from './carry-out.ts';
import { diffObjects, foreignText } from './diff.ts';
import { liveRights } from './external-rights.ts';
import { liveObjects } from './live.ts';
import { desiredObjects, type DesiredObject, type LiveObject } from './objects.ts';

/**
 * The schema that people read, its tables with their staging tables, and its views. Asks as worker and reader; as apply
 * only what apply itself may grant, where a right is missing.
 */
export function openMariaDb(config: Config): Target<DesiredObject, LiveObject> {
  const { mariadb, env } = config;
  const names = namesFor(env);
  const tables = connectMariaDb(mariadb, mariadb.worker, { connections: 1 });
  const reader = connectMariaDb(mariadb, mariadb.reader, { connections: 1 });
  const admin = connectMariaDb(mariadb, mariadb.admin, { connections: 1 });
  return {
    system: 'mariadb',
    desired: desiredObjects,
    async live(desired, owned) {
      const rights = desired.filter((one) => one.kind === 'right');
      const objects = await liveObjects({ tables, reader }, names);
      return new Map([...objects, ...(await liveRights({ reader, admin }, rights, owned))]);
    },
    diff: diffObjects,
    carryOut: (step) => carryOut({ admin, names, readerUser: mariadb.reader.user }, step),
    foreign: (object) => foreignText(names, object),
    close: async () => void (await Promise.all([tables.close(), reader.close(), admin.close()])),
  };
}

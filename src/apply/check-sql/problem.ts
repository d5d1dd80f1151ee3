import type { DruidClient } from '../../clients/druid.ts';
import type { Database } from '../../clients/mariadb.ts';
import type { Definition } from '../../definition/definition.ts';
import type { Names } from '../../names.ts';

/** With what definitions' SQL is checked. */
export interface SqlCheck {
  druid: DruidClient;
  admin: Database;
  names: Names;
  /** By definition, the file in which it stands. */
  files: ReadonlyMap<string, string>;
}

/** Where a problem is, as the messages about definitions say it: `pipelines/shop.ts · view 'revenue'`. */
export function placeOf({ files }: SqlCheck, { kind, name }: Definition): string {
  return [files.get(name), `${kind} '${name}'`].filter(Boolean).join(' · ');
}

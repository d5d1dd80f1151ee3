import { identifier, type Database } from '../clients/mariadb.ts';
import type { Names } from '../names.ts';

/** Which project an env belongs to: the first that applied to it. */
export function projectIn(db: Database, names: Pick<Names, 'storeSchema'>) {
  const project = identifier(names.storeSchema, 'project');
  return {
    /** Undefined: none has applied yet, or the store is of a version that did not record it. */
    async name(): Promise<string | undefined> {
      const [there] = await db.query(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = 'project'",
        [names.storeSchema],
      );
      if (there === undefined) return undefined;
      const [row] = await db.query(`SELECT name FROM ${project}`);
      return row === undefined ? undefined : String(row['name']);
    },
    /** Writes only where it is news: an apply that changes nothing writes nothing. */
    async record(name: string): Promise<void> {
      if ((await this.name()) === name) return;
      await db.execute(
        `INSERT INTO ${project} (one, name) VALUES (1, ?) ON DUPLICATE KEY UPDATE name = VALUES(name)`,
        [name],
      );
    },
  };
}

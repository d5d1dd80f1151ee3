import { z } from 'zod';
import { identifier, type Database, type Row } from '../clients/mariadb.ts';
import type { Names } from '../names.ts';

/** Plain JSON of what an object was made from. */
type Fields = Readonly<Record<string, unknown>>;

/** What apply last made of one object. */
export interface RecordedObject {
  /** '' while it is being made: should apply be cut there, the next one goes on. */
  hash: string;
  /** Absent where a version made it that recorded the hash alone. */
  made?: { fields: Fields; unseen: Fields; learned: Fields };
}

const fields = z.record(z.string(), z.unknown());
const made = z.object({ fields, unseen: fields, learned: fields });

/** By system and object: what apply has made in an env, so that it never touches anything else. */
export type RecordedObjects = ReadonlyMap<string, ReadonlyMap<string, RecordedObject>>;

/**
 * Everything that is recorded of an env; undefined where apply was never there.
 *
 * Reads the store of the version before as well, which did not say from what an object was made.
 */
export async function readObjects(db: Database, names: Names): Promise<RecordedObjects | undefined> {
  const [there] = await db.query(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = 'objects'",
    [names.storeSchema],
  );
  if (there === undefined) return undefined;
  const rows = await db.query(`SELECT * FROM ${identifier(names.storeSchema, 'objects')}`);
  const systems = new Set(rows.map(({ system }) => String(system)));
  return new Map(
    [...systems].map((name) => [name, new Map(rows.filter(({ system }) => system === name).map(entryOf))]),
  );
}

function entryOf(row: Row): [string, RecordedObject] {
  const text = row['made'];
  const hash = String(row['hash']);
  const of = typeof text === 'string' ? { made: made.parse(JSON.parse(text)) } : {};
  return [objectOf(row), { hash, ...of }];
}

/** Supervisors were recorded without their kind once; a plan reads them before an apply has migrated the store. */
function objectOf({ system, object }: Row): string {
  const name = String(object);
  return system === 'druid' && !name.includes(' ') ? `supervisor ${name}` : name;
}

/** Keeps the record of what apply makes. */
export function objectsIn(admin: Database, names: Names) {
  const objects = identifier(names.storeSchema, 'objects');
  return {
    async record(system: string, object: string, { hash, made }: RecordedObject): Promise<void> {
      await admin.execute(
        `INSERT INTO ${objects} (system, object, hash, made, made_at) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE hash = VALUES(hash), made = VALUES(made)`,
        [system, object, hash, made === undefined ? null : JSON.stringify(made)],
      );
    },
    async forget(system: string, object: string): Promise<void> {
      await admin.execute(`DELETE FROM ${objects} WHERE system = ? AND object = ?`, [system, object]);
    },
  };
}

export type ObjectRecord = ReturnType<typeof objectsIn>;

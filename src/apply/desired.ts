import type { Database } from '../clients/mariadb.ts';
import { identifier } from '../clients/mariadb.ts';
import type { Names } from '../names.ts';

/** The systems that apply keeps in step, in the order in which it does so. */
export type System = 'kafka' | 'mariadb' | 'druid' | 'catalogue' | 'temporal' | 'superset';

/** One thing that apply did, or found to be as it should. */
export interface Change {
  system: System;
  object: string;
  /** `left`: no file defines it any more; it stays as it is. */
  action: 'create' | 'update' | 'unchanged' | 'left';
}

/** Recorded in place of a hash while an object is being made: should apply be cut there, the next one goes on. */
export const CLAIMED = '';

/** What apply has made in this env, so that it never touches anything else. */
export function ownershipIn(admin: Database, names: Names) {
  const objects = identifier(names.storeSchema, 'objects');
  return {
    async hashes(system: System): Promise<Map<string, string>> {
      const rows = await admin.query(`SELECT object, hash FROM ${objects} WHERE system = ?`, [system]);
      return new Map(rows.map((row) => [String(row['object']), String(row['hash'])]));
    },
    async record(system: System, object: string, hash: string): Promise<void> {
      await admin.execute(
        `INSERT INTO ${objects} (system, object, hash, made_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE hash = VALUES(hash)`,
        [system, object, hash],
      );
    },
  };
}

export type Ownership = ReturnType<typeof ownershipIn>;

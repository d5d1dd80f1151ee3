import { identifier, isNoSuchTable, type Database, type Row, type Scalar } from '../clients/mariadb.ts';
import {
  type Calendar,
  type Definition,
  type TableDefinition,
  isTable,
  type StreamDefinition,
} from '../definition/definition.ts';
import { readersOf } from '../definition/readers.ts';
import { alternatives } from '../wording.ts';
import { MillraceError } from '../errors.ts';
import type { Names } from '../names.ts';
import { instantOf } from './instants.ts';

/** A definition as it was applied, with the two hashes that name it. */
export interface Applied<D extends Definition = Definition> {
  definition: D;
  /** Over everything: which definition ran. */
  hash: string;
  /** Over what decides the numbers: a load under another one is dirty. */
  dataHash: string;
}

/** How long after its end an interval is due, by the definition that runs. */
export interface SlotOffset {
  offsetMs: number;
  /** RFC 3339, UTC: when that definition was applied. */
  since: string;
}

/** A stream as it was applied, and who reads it. */
export interface AppliedStream extends Applied<StreamDefinition> {
  readers: { table: string; calendar: Calendar }[];
}

export type Catalogue = ReturnType<typeof catalogueIn>;

/**
 * The applied definitions: immutable JSON by hash, and which hash each name stands for now.
 * @param onRead is told of each definition before whoever asked for it gets it
 */
export function catalogueIn(
  db: Database,
  names: Names,
  onRead: (definition: Definition) => void = () => undefined,
) {
  const entryOf = (row: Row): Applied => {
    const entry = appliedIn(row);
    onRead(entry.definition);
    return entry;
  };
  const catalogue = identifier(names.storeSchema, 'catalogue');
  const applied = identifier(names.storeSchema, 'applied');
  const ledger = identifier(names.storeSchema, 'ledger');
  const select = `SELECT c.hash, c.data_hash, c.definition FROM ${catalogue} c`;
  /** An env that nothing was applied to has no store: its name may be misspelt. */
  const whereApplied = async (sql: string, values: Scalar[] = []): Promise<Row[]> => {
    try {
      return await db.query(sql, values);
    } catch (error) {
      if (!isNoSuchTable(error)) throw error;
      throw new MillraceError(
        'TABLE_UNKNOWN',
        `Nothing was ever applied to env '${names.env}': 'npx millrace apply --env ${names.env}' does. Is it the env that you mean?`,
        { cause: error, context: { env: names.env } },
      );
    }
  };
  return {
    /** Everything that is applied now, by name. @throws TABLE_UNKNOWN of an env that was never applied */
    async all(): Promise<Map<string, Applied>> {
      const rows = await whereApplied(`${select} JOIN ${applied} a USING (hash) ORDER BY c.name`);
      return new Map(rows.map(entryOf).map((entry) => [entry.definition.name, entry]));
    },

    /** The offset of each table as it is applied now, by the table's name. */
    async slotOffsets(): Promise<Map<string, SlotOffset>> {
      const rows = await db.query(
        `SELECT c.definition, a.applied_at FROM ${catalogue} c JOIN ${applied} a USING (hash)`,
      );
      return new Map(
        rows.flatMap((row) => {
          const definition = definitionIn(row);
          if (!isTable(definition)) return [];
          return [
            [
              definition.name,
              { offsetMs: definition.offsetMs, since: instantOf(row['applied_at']) },
            ] as const,
          ];
        }),
      );
    },

    /** The streams, each with the tables that are loaded from it. */
    async streams(): Promise<AppliedStream[]> {
      const all = [...(await this.all()).values()];
      const definitions = all.map(({ definition }) => definition);
      return all.filter(isStream).map((entry) => ({
        ...entry,
        readers: readersOf(entry.definition.name, definitions).map(({ name, calendar }) => ({
          table: name,
          calendar,
        })),
      }));
    },

    /** @throws TABLE_UNKNOWN */
    async byName(name: string): Promise<Applied> {
      const rows = await whereApplied(`${select} JOIN ${applied} a USING (hash) WHERE a.name = ?`, [name]);
      const [row] = rows;
      if (row !== undefined) return entryOf(row);
      const known = await db.query(`SELECT name FROM ${applied} ORDER BY name`);
      throw unknown(
        name,
        known.map((other) => String(other['name'])),
      );
    },

    /** The definition that a run began with, whatever has been applied since. @throws TABLE_UNKNOWN */
    async byHash(hash: string): Promise<Applied> {
      const [row] = await db.query(`${select} WHERE c.hash = ?`, [hash]);
      if (row !== undefined) return entryOf(row);
      throw unknownHash(hash);
    },

    /** The same of a table: `resolve` has refused every kind without intervals. @throws TABLE_UNKNOWN */
    async tableByHash(hash: string): Promise<Applied<TableDefinition>> {
      return (await this.byHash(hash)) as Applied<TableDefinition>;
    },

    /** Every definition of this name that was ever applied, the newest first. */
    async versionsOf(name: string): Promise<Definition[]> {
      const rows = await db.query(`${select} WHERE c.name = ? ORDER BY c.added_at DESC`, [name]);
      return rows.map((row) => entryOf(row).definition);
    },

    /** Records definitions and makes them the ones that run. */
    async put(entries: readonly Applied[]): Promise<void> {
      await db.transaction(async (tx) => {
        for (const { definition, hash, dataHash } of entries) {
          await tx.execute(
            `INSERT IGNORE INTO ${catalogue} (hash, data_hash, kind, name, definition, added_at)
             VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
            [hash, dataHash, definition.kind, definition.name, JSON.stringify(definition)],
          );
          await tx.execute(
            `INSERT INTO ${applied} (name, hash, applied_at) VALUES (?, ?, UTC_TIMESTAMP(3))
             ON DUPLICATE KEY UPDATE hash = VALUES(hash), applied_at = VALUES(applied_at)`,
            [definition.name, hash],
          );
        }
      });
    },

    /** Makes a definition one that no longer runs. What was ever applied stays. */
    async retire(name: string): Promise<void> {
      await db.execute(`DELETE FROM ${applied} WHERE name = ?`, [name]);
    },

    /**
     * The data hash of a definition, held until the transaction ends: `carryOver` waits for it. Else a load that ends
     * during an upgrade could write the hash of the version before.
     * @throws TABLE_UNKNOWN
     */
    async holdDataHash(tx: Database, hash: string): Promise<string> {
      const [row] = await tx.query(`SELECT data_hash FROM ${catalogue} WHERE hash = ? LOCK IN SHARE MODE`, [
        hash,
      ]);
      if (row === undefined) throw unknownHash(hash);
      return String(row['data_hash']);
    },

    /**
     * Carries over what an earlier version wrote: where it made the data hash of a definition in another way, the
     * catalogue gets the hash of this version, and so do the ledger's rows. Else an upgrade would make everything
     * dirty. The catalogue goes first: whoever loads from then on reads the new hash.
     *
     * The ledger is compared as a whole, as a worker of the version before may have written to it since.
     * @returns how many definitions were carried over
     */
    async carryOver(dataHashOf: (definition: Definition) => string): Promise<number> {
      const entries = (await db.query(select)).map(entryOf);
      const stale = entries.filter(({ definition, dataHash }) => dataHashOf(definition) !== dataHash);
      for (const { definition, hash } of stale) {
        await db.execute(`UPDATE ${catalogue} SET data_hash = ? WHERE hash = ?`, [
          dataHashOf(definition),
          hash,
        ]);
      }
      const joined = `JOIN ${catalogue} c ON c.hash = l.definition_hash`;
      const other = 'WHERE l.data_hash <> c.data_hash';
      // Asked first: an apply that finds all as it should be writes nothing.
      const [behind] = await db.query(`SELECT 1 FROM ${ledger} l ${joined} ${other} LIMIT 1`);
      if (behind !== undefined) {
        await db.execute(`UPDATE ${ledger} l ${joined} SET l.data_hash = c.data_hash ${other}`);
      }
      return stale.length;
    },
  };
}

function definitionIn(row: Record<string, unknown>): Definition {
  // Written by `put` alone, from a validated definition: its shape is known.
  return JSON.parse(String(row['definition'])) as Definition;
}

function appliedIn(row: Row): Applied {
  return {
    definition: definitionIn(row),
    hash: String(row['hash']),
    dataHash: String(row['data_hash']),
  };
}

function isStream(entry: Applied): entry is Applied<StreamDefinition> {
  return entry.definition.kind === 'stream';
}

function unknown(name: string, known: string[]): MillraceError {
  return new MillraceError(
    'TABLE_UNKNOWN',
    `No applied definition is called '${name}'${alternatives(name, known)} 'npx millrace apply' adds what stands in pipelines/.`,
  );
}

function unknownHash(hash: string): MillraceError {
  return new MillraceError('TABLE_UNKNOWN', `No definition of this env has the hash ${hash}.`);
}

import type { Database, Scalar } from '../../clients/mariadb.ts';
import type { LoadKey } from '../loads.ts';

/** How the staged rows of a load take their place in the table. */
export interface Write {
  /**
   * Within the caller's transaction.
   * @returns rows that were there before in their place, and rows that are there now
   * @throws LOAD_KEY_TAKEN
   */
  put(tx: Database, rows: StagedForTable): Promise<Put>;
}

export interface Put {
  replacedRows: number;
  rows: number;
}

/** Rows that wait in the staging table, and where they are to go. Names are quoted. */
export interface StagedForTable {
  load: LoadKey;
  stage: string;
  table: string;
  /** All declared columns, in the order of the fields. */
  columns: readonly string[];
  /** Those of the primary key. */
  key: readonly string[];
  /** The column of their time; a snapshot may have none. */
  time: string;
  /**
   * The load whose rows the table shows, '0' for none. Nobody else writes a snapshot of the table until the transaction
   * ends.
   */
  newestLoad(tx: Database): Promise<string>;
  /** Which rows of the staging table they are, as a condition. */
  where: string;
  values: readonly Scalar[];
}

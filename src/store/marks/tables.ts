import { identifier } from '../../clients/mariadb.ts';
import type { Names } from '../../names.ts';

/** The tables of marks, quoted. */
export interface MarkTables {
  /** By stream, incarnation of the clean topic, partition and bucket: the newest clean offset. */
  marks: string;
  /** By stream, incarnation and partition: the clean offset before which everything has been noted. */
  progress: string;
  ledger: string;
}

export function markTables({ storeSchema }: Pick<Names, 'storeSchema'>): MarkTables {
  return {
    marks: identifier(storeSchema, 'marks'),
    progress: identifier(storeSchema, 'mark_progress'),
    ledger: identifier(storeSchema, 'ledger'),
  };
}

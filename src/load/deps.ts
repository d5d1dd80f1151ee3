import type { DruidClient } from '../clients/druid.ts';
import type { KafkaClient } from '../clients/kafka/port.ts';
import type { Database } from '../clients/mariadb.ts';
import type { Names } from '../names.ts';
import type { SqlPart } from '../definition/definition.ts';
import type { TableRow } from '../definition/table-row.ts';
import type { Redaction } from '../redaction/index.ts';
import type { Catalogue } from '../store/catalogue.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Loads } from '../store/loads.ts';
import type { Turns } from '../store/turns.ts';

/** What a source of an outside system works with. */
export interface OutsideDeps {
  /** The value of a secret or setting that a definition names. */
  secret: (name: string) => string | undefined;
  /** Hides secrets in what leaves this process. */
  redaction: Redaction;
  /** The rows that MariaDB SQL over definitions gives, no more than `limit`. */
  tableRows: (sql: readonly SqlPart[], limit: number) => Promise<TableRow[]>;
  /** Shares the budgets of vendors with all other workers. Absent: requests are sent one after the other, and not counted. */
  turns?: Turns;
  /** Told of each answer that came. Absent: nobody counts them. */
  answered?: (answer: { bytes: number }) => void;
}

/** What a load works with. Made once per worker process; tests give real ones of their own. */
export interface LoadDeps extends OutsideDeps {
  names: Names;
  db: Database;
  catalogue: Catalogue;
  ledger: Ledger;
  loads: Loads;
  druid: DruidClient;
  kafka: KafkaClient;
  /** It knows the secrets of each definition that `catalogue` has read. */
  redaction: Redaction;
  now: () => Date;
}

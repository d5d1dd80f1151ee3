import type { Logger } from 'pino';
import type { DruidClient } from '../clients/druid.ts';
import type { KafkaClient } from '../clients/kafka.ts';
import type { Database } from '../clients/mariadb.ts';
import type { TemporalClient } from '../clients/temporal.ts';
import type { Names } from '../names.ts';
import type { Catalogue } from '../store/catalogue.ts';
import type { Ledger } from '../store/ledger.ts';
import type { Loads } from '../store/loads.ts';

/** What activities work with. Made once per worker process; tests give real ones of their own. */
export interface ActivityDeps {
  names: Names;
  db: Database;
  catalogue: Catalogue;
  ledger: Ledger;
  loads: Loads;
  druid: DruidClient;
  kafka: KafkaClient;
  temporal: TemporalClient;
  /** The value of a secret or setting that a definition names. */
  secret: (name: string) => string | undefined;
  now: () => Date;
  log: Logger;
}

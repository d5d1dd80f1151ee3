import type { Database } from '../../../src/clients/mariadb.ts';
import type { Config } from '../../../src/config.ts';
import type { Setting } from '../vendor-process.ts';

/** What is to be pulled, and where to. */
export interface Job {
  config: Config;
  /** The admin's login. */
  admin: Database;
  vendorUrl: string;
  setting: Setting;
}

/** A program that pulls the vendor's list into a table of its own. */
export interface Competitor {
  name: string;
  /** Makes all that a pull needs, and starts the process, which waits then. */
  open(job: Job): Promise<Ready>;
}

/** A competitor that has started, and waits. */
export interface Ready {
  /** The process whose time and memory are measured. */
  pid: number | undefined;
  /** Resolves when every row is in the table, and a reader sees it. */
  pull(): Promise<void>;
  /** The quoted name of the table. */
  table: string;
  /** Its column with the customer's name. */
  customer: string;
  /** Ends the process, and drops what it made. */
  close(): Promise<void>;
}

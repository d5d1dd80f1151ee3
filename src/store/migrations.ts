/** One step in the life of our own tables. Append only: a step that has run anywhere is never edited. */
export interface Migration {
  id: number;
  name: string;
  /** `CREATE TABLE` goes into the store's schema; elsewhere `{store}` stands for it. */
  statements: string[];
}

const NAME = 'VARCHAR(64) NOT NULL';
const HASH = 'CHAR(64) NOT NULL';
/** A host and a port. */
const VENDOR = 'VARCHAR(255) NOT NULL';

export const MIGRATIONS: Migration[] = [
  {
    id: 1,
    name: 'catalogue of definitions, and what apply owns',
    statements: [
      `CREATE TABLE catalogue (
        hash ${HASH} PRIMARY KEY, data_hash ${HASH}, kind VARCHAR(16) NOT NULL, name ${NAME},
        definition LONGTEXT NOT NULL CHECK (JSON_VALID(definition)), added_at DATETIME(3) NOT NULL)`,
      `CREATE TABLE applied (name ${NAME} PRIMARY KEY, hash ${HASH}, applied_at DATETIME(3) NOT NULL)`,
      `CREATE TABLE objects (
        system VARCHAR(16) NOT NULL, object VARCHAR(255) NOT NULL, hash ${HASH}, made_at DATETIME(3) NOT NULL,
        PRIMARY KEY (system, object))`,
    ],
  },
  {
    id: 2,
    name: 'loads, fences and the ledger',
    statements: [
      `CREATE TABLE loads (
        id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, run_key VARCHAR(512) NOT NULL UNIQUE,
        tbl ${NAME}, interval_start DATETIME NOT NULL, started_at DATETIME(3) NOT NULL,
        KEY (tbl, interval_start))`,
      `CREATE TABLE fences (
        tbl ${NAME}, interval_start DATETIME NOT NULL, attempt BIGINT UNSIGNED NOT NULL,
        PRIMARY KEY (tbl, interval_start))`,
      `CREATE TABLE stage_progress (
        load_id BIGINT UNSIGNED NOT NULL PRIMARY KEY, next_page TEXT, pages INT NOT NULL, staged_rows BIGINT NOT NULL)`,
      `CREATE TABLE ledger (
        tbl ${NAME}, interval_start DATETIME NOT NULL, interval_end DATETIME NOT NULL,
        load_id BIGINT UNSIGNED NOT NULL, staged_rows BIGINT NOT NULL, definition_hash ${HASH}, data_hash ${HASH},
        started_by VARCHAR(16) NOT NULL, workflow_id VARCHAR(512) NOT NULL,
        positions LONGTEXT NOT NULL CHECK (JSON_VALID(positions)), loads INT NOT NULL, loaded_at DATETIME(3) NOT NULL,
        PRIMARY KEY (tbl, interval_start))`,
    ],
  },
  {
    id: 3,
    name: 'positions of the streams',
    statements: [
      `CREATE TABLE positions (
        stream ${NAME}, partition_no INT NOT NULL, bucket DATETIME NOT NULL, clean_offset BIGINT NOT NULL,
        PRIMARY KEY (stream, partition_no, bucket))`,
      `CREATE TABLE position_marks (
        stream ${NAME}, partition_no INT NOT NULL, clean_offset BIGINT NOT NULL, PRIMARY KEY (stream, partition_no))`,
    ],
  },
  {
    id: 4,
    name: 'stage_* is for the staging tables of definitions alone: one may be called progress',
    statements: ['RENAME TABLE IF EXISTS {store}.stage_progress TO {store}.load_progress'],
  },
  {
    id: 5,
    name: 'fences know whose attempt was the last',
    statements: [
      `ALTER TABLE {store}.fences ADD COLUMN IF NOT EXISTS load_id BIGINT UNSIGNED NOT NULL DEFAULT 0,
        ADD COLUMN IF NOT EXISTS activity_try INT NOT NULL DEFAULT 0`,
    ],
  },
  {
    id: 6,
    name: 'consumers say how they fare',
    statements: [
      `CREATE TABLE consumers (
        stream ${NAME}, worker VARCHAR(255) NOT NULL, state VARCHAR(16) NOT NULL,
        error_code VARCHAR(64), error_message TEXT, reported_at DATETIME(3) NOT NULL DEFAULT UTC_TIMESTAMP(3),
        PRIMARY KEY (stream, worker))`,
    ],
  },
  {
    id: 7,
    name: 'high-water marks by bucket of event time, apart for each clean topic that a stream has had',
    statements: [
      `CREATE TABLE marks (
        stream ${NAME}, incarnation CHAR(32) NOT NULL, partition_no INT NOT NULL,
        start_ms BIGINT NOT NULL, length_ms INT UNSIGNED NOT NULL, clean_offset BIGINT NOT NULL,
        raised_at DATETIME(3) NOT NULL DEFAULT UTC_TIMESTAMP(3),
        PRIMARY KEY (stream, incarnation, partition_no, start_ms, length_ms), KEY (stream, start_ms))`,
      `CREATE TABLE mark_progress (
        stream ${NAME}, incarnation CHAR(32) NOT NULL, partition_no INT NOT NULL, clean_offset BIGINT NOT NULL,
        first_at DATETIME(3) NOT NULL DEFAULT UTC_TIMESTAMP(3), PRIMARY KEY (stream, incarnation, partition_no))`,
    ],
  },
  {
    id: 8,
    name: 'objects say from what they were made',
    statements: [
      'ALTER TABLE {store}.objects ADD COLUMN IF NOT EXISTS made LONGTEXT NULL CHECK (JSON_VALID(made))',
    ],
  },
  {
    id: 9,
    name: "objects say of which kind they are in Druid: a supervisor's datasource is another one",
    statements: [
      `UPDATE {store}.objects SET object = CONCAT('supervisor ', object)
        WHERE system = 'druid' AND object NOT LIKE '% %'`,
    ],
  },
  {
    id: 10,
    name: 'an env says which project it belongs to',
    statements: [
      `CREATE TABLE project (
        one TINYINT NOT NULL PRIMARY KEY CHECK (one = 1), name VARCHAR(255) NOT NULL,
        recorded_at DATETIME(3) NOT NULL DEFAULT UTC_TIMESTAMP(3))`,
    ],
  },
  {
    id: 11,
    name: 'what runs say while they load',
    statements: [
      `CREATE TABLE run_log (
        id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        workflow_id VARCHAR(512) NOT NULL, run_id VARCHAR(64) NOT NULL, tbl ${NAME}, interval_start DATETIME NULL,
        step VARCHAR(64) NOT NULL, attempt INT UNSIGNED NOT NULL, level VARCHAR(8) NOT NULL,
        logged_at DATETIME(3) NOT NULL, line TEXT NOT NULL,
        KEY (workflow_id), KEY (tbl, interval_start), KEY (logged_at))`,
    ],
  },
  {
    id: 12,
    name: 'requests take turns at a vendor, over all workers',
    statements: [
      'ALTER TABLE {store}.loads ADD COLUMN IF NOT EXISTS waits INT UNSIGNED NOT NULL DEFAULT 0',
      `CREATE TABLE vendors (vendor ${VENDOR} PRIMARY KEY, resumes_at DATETIME(6) NULL)`,
      `CREATE TABLE vendor_turns (
        id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
        vendor ${VENDOR}, at DATETIME(6) NOT NULL, open_until DATETIME(6) NULL, kept_until DATETIME(6) NOT NULL,
        KEY (vendor, at), KEY (vendor, open_until), KEY (kept_until))`,
    ],
  },
];

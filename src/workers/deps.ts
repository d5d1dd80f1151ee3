import type { Logger } from 'pino';
import type { ActivityDeps } from '../activities/index.ts';
import { connectDruid } from '../clients/druid.ts';
import { createKafkaClient } from '../clients/kafka/index.ts';
import { connectMariaDb, type Database } from '../clients/mariadb.ts';
import { connectTemporal } from '../clients/temporal.ts';
import type { Config } from '../config.ts';
import { isMillraceError } from '../errors.ts';
import { tableRows } from '../load/table-rows.ts';
import { namesFor } from '../names.ts';
import type { Redaction } from '../redaction/index.ts';
import { secretsOf } from '../sources/index.ts';
import { catalogueIn } from '../store/catalogue.ts';
import { ledgerIn } from '../store/ledger.ts';
import { loadsIn } from '../store/loads.ts';
import { runLogIn } from '../store/run-log.ts';
import { turnsIn } from '../store/turns.ts';

/**
 * Connects a role that loads to every server with the worker's logins. `close` ends all of it.
 * @throws MARIADB_REFUSED of a login: such a worker would take runs away from others, and fail them · TEMPORAL_UNAVAILABLE
 */
export async function openDeps(
  config: Config,
  log: Logger,
  redaction: Redaction,
): Promise<{ deps: ActivityDeps; close: () => Promise<void> }> {
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 20 });
  await refuseBadLogin(db);
  const kafka = createKafkaClient(config.kafka, `millrace-${config.env}`, {
    log,
    readerGroup: names.readerGroup,
  });
  const temporal = await connectTemporal(config);
  // Whoever holds a definition can be shown what it names, so that is hidden from then on.
  const catalogue = catalogueIn(db, names, (read) => redaction.hide(secretsOf(read).map(config.secret)));
  const definitionOf = async (name: string) => (await catalogue.byName(name)).definition;
  // Tables of another schema, which a definition may name, are for the reader to read: apply gives it that right.
  const { reader } = config.mariadb;
  const tables =
    reader.password === '' ? undefined : connectMariaDb(config.mariadb, reader, { connections: 2 });
  const deps: ActivityDeps = {
    names,
    db,
    kafka,
    temporal,
    druid: connectDruid(config.druid),
    catalogue,
    ledger: ledgerIn(db, names),
    loads: loadsIn(db, names),
    runLog: runLogIn(db, names),
    tableRows: (sql, limit) => tableRows({ db: tables ?? db, names, definitionOf }, sql, limit),
    turns: turnsIn(db, names),
    secret: config.secret,
    redaction,
    now: () => new Date(),
  };
  const close = async () => {
    await kafka.close();
    await tables?.close();
    await db.close();
    await temporal.connection.close();
  };
  return { deps, close };
}

/** A server that is down is waited for, as at any other time. */
async function refuseBadLogin(db: Database): Promise<void> {
  try {
    await db.query('SELECT 1');
  } catch (error) {
    if (!isMillraceError(error, 'MARIADB_REFUSED')) return;
    await db.close();
    throw error;
  }
}

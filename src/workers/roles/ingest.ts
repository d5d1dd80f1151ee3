import { connectDruid } from '../../clients/druid.ts';
import { createKafkaClient } from '../../clients/kafka/index.ts';
import { connectMariaDb } from '../../clients/mariadb.ts';
import { deferred } from '../../deferred.ts';
import { startIngest, type Ingest } from '../../ingest/index.ts';
import { namesFor } from '../../names.ts';
import { catalogueIn } from '../../store/catalogue.ts';
import { consumersIn } from '../../store/consumers.ts';
import { marksIn } from '../../store/marks/writer.ts';
import { startMending } from '../mending.ts';
import type { Repeated } from '../repeatedly.ts';
import type { Role, RoleContext } from '../role.ts';

/** For the catalogue, the marks and the consumers' reports. No event waits for MariaDB. */
const CONNECTIONS = 5;

/**
 * The role `ingest`: the event path. Needs Kafka and MariaDB, and nothing of Temporal. Beside that path it has Druid go
 * on behind what retention took away; no event waits for Druid.
 *
 * All connect when they are used, so it starts while they are away: it waits for them, which its log says.
 */
export async function openIngest({ config, log, redaction }: RoleContext): Promise<Role> {
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: CONNECTIONS });
  const kafka = createKafkaClient(config.kafka, `millrace-${config.env}`, {
    log,
    readerGroup: names.readerGroup,
  });
  const catalogue = catalogueIn(db, names);
  const consumers = consumersIn(db, names);
  const stopped = deferred();
  let starting: Promise<Ingest> | undefined;
  let mending: Repeated | undefined;
  return {
    async run() {
      starting = startIngest({
        kafka,
        names,
        log,
        marks: marksIn(db, names, log),
        streams: () => catalogue.streams(),
        report: (reports) => consumers.report(redaction.json(reports)),
      });
      mending = startMending(
        { names, kafka, druid: connectDruid(config.druid) },
        async () => (await catalogue.streams()).map(({ definition }) => definition),
        log,
      );
      await starting;
      await stopped.promise;
    },

    async stop() {
      const ingest = await starting;
      await Promise.all([ingest?.stop(), mending?.stop()]);
      if (ingest) await consumers.forget().catch(() => undefined);
      await kafka.close();
      await db.close();
      stopped.resolve();
    },
  };
}

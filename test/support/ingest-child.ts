/** Runs the event path alone, for tests that kill or stop a worker: `ingest-child.ts <env>`, stream as JSON on stdin. */
import { text } from 'node:stream/consumers';
import { createKafkaClient } from '../../src/clients/kafka/index.ts';
import { connectMariaDb } from '../../src/clients/mariadb.ts';
import { loadConfig } from '../../src/config.ts';
import type { StreamDefinition } from '../../src/definition/definition.ts';
import { startIngest } from '../../src/ingest/index.ts';
import { createLog } from '../../src/log.ts';
import { redactionOf } from '../../src/redaction/index.ts';
import { namesFor } from '../../src/names.ts';
import { marksIn } from '../../src/store/marks/writer.ts';

const config = loadConfig({ MILLRACE_ENV: process.argv[2], MILLRACE_LOG_LEVEL: 'info' });
const definition = JSON.parse(await text(process.stdin)) as StreamDefinition;
const names = namesFor(config.env);
const log = createLog(config, 'ingest-child', redactionOf([]));
const db = connectMariaDb(config.mariadb, config.mariadb.worker);
const kafka = createKafkaClient(config.kafka, `child-${config.env}`, { log });
const ingest = await startIngest({
  kafka,
  names,
  marks: marksIn(db, names, log),
  streams: async () => [{ definition, hash: 'one' }],
  log,
});
process.on('SIGTERM', () => {
  void ingest
    .stop()
    .then(() => Promise.all([kafka.close(), db.close()]))
    .then(() => process.exit(0));
});
process.stdout.write('started\n');

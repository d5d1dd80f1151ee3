import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runReplay } from './replay/run.ts';

const USAGE = `The airports: departures as events on a Kafka topic, first those of the last days, then live.

  tsx replay.ts --topic <topic> [--brokers 127.0.0.1:9092] [--days 7 | --from <ISO>] [--to <ISO>]
      [--bad 3] [--live] [--state <file>] [--progress-file <file>]

  --days           how far back to begin, from the full hour; --from gives the instant itself
  --to             where the replay ends; now unless told
  --bad            broken events among the replayed ones
  --live           then go on with departures as they happen, until SIGTERM or SIGINT
  --state          file in which to keep how far it came; a later process goes on there and takes its window
                   from it, whatever --days, --from and --bad say
  --progress-file  file with the newest line; live, its upTo moves every second, departures or none

Prints one line of JSON per send: phase (replay, live, done), sent, malformed, total, upTo.`;

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

const SETTINGS = z.object({
  topic: z.string({ error: '--topic is missing' }).min(1),
  brokers: z.string().transform((list) => list.split(',').map((broker) => broker.trim())),
  days: z.coerce.number().min(0).max(366),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  bad: z.coerce.number().int().min(0).max(1_000),
  live: z.boolean(),
  state: z.string().optional(),
  'progress-file': z.string().optional(),
});

const { values } = parseArgs({
  options: {
    topic: { type: 'string' },
    brokers: { type: 'string', default: '127.0.0.1:9092' },
    days: { type: 'string', default: '7' },
    from: { type: 'string' },
    to: { type: 'string' },
    bad: { type: 'string', default: '3' },
    live: { type: 'boolean', default: false },
    state: { type: 'string' },
    'progress-file': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const settings = SETTINGS.safeParse(values);
if (!settings.success) {
  console.error(`${z.prettifyError(settings.error)}\n\n${USAGE}`);
  process.exit(2);
}

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
process.once('SIGINT', () => stopping.abort());

const { topic, brokers, days, from, to, bad, live, state, 'progress-file': progressFile } = settings.data;
const toMs = to === undefined ? Date.now() : Date.parse(to);
const hoursBackMs = Math.floor((toMs - days * DAY_HOURS * HOUR_MS) / HOUR_MS) * HOUR_MS;
try {
  await runReplay(
    {
      topic,
      brokers,
      fromMs: from === undefined ? hoursBackMs : Date.parse(from),
      toMs,
      malformed: bad,
      isLive: live,
      ...(state === undefined ? {} : { stateFile: state }),
      ...(progressFile === undefined ? {} : { progressFile }),
    },
    stopping.signal,
  );
  // A connection that broke on the way may still hold a handle of kafkajs.
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

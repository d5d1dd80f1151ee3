import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startVendor } from './vendor/server.ts';

const USAGE = `The weather service: another company's system, as far as anybody here is concerned.

  WEATHER_TOKEN=... tsx vendor.ts [--port 8500] [--host 127.0.0.1] [--page-size 100] [--control]

  GET  /v1/observations?from=&to=[&after=]   needs the bearer token; answers { items, next }
  GET  /health
  GET  /control, POST /control               with --control: make it fail, to see what its callers do,
                                             such as {"fault":"500","times":3}; faults: 500 401 html cut empty slow

Prints one line of JSON with its URL once it listens. Ends on SIGTERM or SIGINT.`;

const SETTINGS = z.object({
  port: z.coerce.number().int().min(0).max(65_535),
  host: z.string(),
  'page-size': z.coerce.number().int().min(1).max(10_000),
  control: z.boolean(),
  token: z.string({ error: 'WEATHER_TOKEN is not set in the environment' }).min(1),
});

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8500' },
    host: { type: 'string', default: '127.0.0.1' },
    'page-size': { type: 'string', default: '100' },
    control: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const settings = SETTINGS.safeParse({ ...values, token: process.env['WEATHER_TOKEN'] });
if (!settings.success) {
  console.error(`${z.prettifyError(settings.error)}\n\n${USAGE}`);
  process.exit(2);
}

const { port, host, token, control } = settings.data;
const vendor = await startVendor({
  token,
  port,
  host,
  pageSize: settings.data['page-size'],
  hasControl: control,
});
console.log(JSON.stringify({ listening: vendor.url }));

const stop = () => void vendor.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

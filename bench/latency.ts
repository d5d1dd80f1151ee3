import { cpus } from 'node:os';
import { jsonVendor } from '../test/support/json-vendor.ts';
import { liveEnv } from '../test/support/live-env.ts';
import { loadConfig } from '../src/config.ts';
import { EVENTS, pulls, rowsOf } from './latency/definitions.ts';
import { dropDatasource, refuseAbsentServers } from './latency/servers.ts';
import { EVENT_SETTINGS, eventsToDruid } from './latency/events.ts';
import { SLOT_SETTINGS, slotsToMariaDb } from './latency/slots.ts';
import { measured } from './latency/figures.ts';
import { loadNow, printTable, writeResult } from './latency/result.ts';

/**
 * How long until it can be asked: an event in Druid, a slot's rows in MariaDB. Runs against the stack that is up,
 * in an env of its own with a worker of its own, and drops both. Takes about ten minutes.
 */
async function main(): Promise<void> {
  const progress = (line: string) => process.stderr.write(`  ${line}\n`);
  await refuseAbsentServers(loadConfig());
  const loadBefore = loadNow();
  const began = new Date();
  progress(`${cpus().length} cores, load average before: ${loadBefore.join(' ')}`);

  const vendor = await jsonVendor((url) => ({ items: rowsOf(url.searchParams.get('from') ?? '') }));
  const env = await liveEnv('latency', { 'events.ts': EVENTS });
  try {
    await env.apply();
    await env.worker({ variables: { VENDOR_URL: vendor.url } });
    const events = await measured('raw event → queryable in Druid', () => eventsToDruid(env, progress));

    env.define({ 'events.ts': EVENTS, 'pulls.ts': pulls('spread') });
    await env.apply();
    const spread = await measured('slot → rows in MariaDB, one run at a time', () =>
      slotsToMariaDb(env, 'spread', progress),
    );

    env.define({ 'events.ts': EVENTS, 'pulls.ts': pulls('together') });
    await env.apply();
    const together = await measured('slot → rows in MariaDB, ten runs at once', () =>
      slotsToMariaDb(env, 'together', progress),
    );

    const groups = [events, spread, together];
    printTable(groups);
    const settings = { ...EVENT_SETTINGS, ...SLOT_SETTINGS };
    const file = await writeResult({ began, loadBefore, settings, groups });
    progress(`written: ${file}`);
  } finally {
    await env.close();
    await dropDatasource(env);
    await vendor.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

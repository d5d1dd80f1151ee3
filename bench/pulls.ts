import { ensureBuilt } from '../bin/build.mjs';
import { connectMariaDb, type Database } from '../src/clients/mariadb.ts';
import { loadConfig } from '../src/config.ts';
import { recordResult } from '../test/support/result.ts';
import { loadNow } from './latency/result.ts';
import { refuseAbsentServers } from './latency/servers.ts';
import { axiosLoop } from './pulls/competitors/axios.ts';
import type { Competitor } from './pulls/competitors/competitor.ts';
import { dlt, DLT_SETTINGS, dltVersions } from './pulls/competitors/dlt.ts';
import { millrace } from './pulls/competitors/millrace.ts';
import { ordersPull } from './pulls/definitions.ts';
import { measurePull, type Pulled } from './pulls/measure.ts';
import { readOptions, type Options, type Part } from './pulls/options.ts';
import { mediansOf, printResult, ratiosOf, targetsOf } from './pulls/result.ts';
import { sumsOf } from './pulls/sums.ts';
import { startVendorProcess, type Setting } from './pulls/vendor-process.ts';

/** In the order of the first round. */
const COMPETITORS = [millrace, axiosLoop, dlt];
/** Enough to have every program's files and every table's pages read once. */
const WARM_UP_PAGES = 10;

/**
 * How fast a pull over HTTP brings pages into MariaDB: millrace, a loop that somebody writes by hand, and dlt, in turns, on
 * the stack that is up; without a limit of the vendor, and within one. Every value of every row is compared after each.
 *
 * `npm run bench:pulls [-- --trial --pages 100 --rounds 1 --only millrace,dlt --free-only]`; a trial keeps no result.
 */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const competitors = chosen(options);
  const config = loadConfig();
  await refuseAbsentServers(config);
  await ensureBuilt();
  const [began, loadBefore] = [new Date(), loadNow()];
  const admin = connectMariaDb(config.mariadb, config.mariadb.admin, { connections: 1 });
  const vendor = await startVendorProcess();
  const pulls: Pulled[] = [];
  const turn = async (part: Part, round: number, setting: Setting, order: readonly Competitor[]) => {
    const expected = sumsOf(setting.pages * setting.rows);
    const job = { config, admin, vendorUrl: vendor.url, setting };
    const found: Pulled[] = [];
    for (const competitor of order) {
      found.push(await measurePull(competitor, { part, round }, job, vendor, expected));
      process.stderr.write(`  ${JSON.stringify(found.at(-1))}\n`);
    }
    return found;
  };
  try {
    await turn('free', 0, { pages: WARM_UP_PAGES, rows: options.rows }, competitors);
    for (const part of options.parts) {
      for (let round = 1; round <= options.rounds; round++) {
        const order = rotated(competitors, round - 1).filter(
          (competitor) => competitor !== dlt || round <= options.dltRounds,
        );
        pulls.push(...(await turn(part, round, settingOf(options, part), order)));
      }
    }
    const medians = mediansOf(pulls);
    const ratios = ratiosOf(medians);
    const targets = targetsOf(medians, ratios);
    printResult(medians, ratios, targets);
    if (options.isTrial) return;
    const facts = {
      loadBefore,
      versions: await versionsOf(admin, competitors),
      settings: settingsOf(options, competitors),
      targets,
      ratios,
      medians,
      rounds: pulls,
    };
    process.stdout.write(`\nkept in ${await recordResult('pulls', facts, began)}\n`);
  } finally {
    await Promise.all([vendor.close(), admin.close()]);
  }
}

function chosen({ only }: Options): Competitor[] {
  const names = COMPETITORS.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`--only: '${unknown}' is none of ${names.join(', ')}`);
  return COMPETITORS.filter(({ name }) => only?.includes(name) ?? true);
}

/** So that nobody is always the first. */
function rotated(competitors: readonly Competitor[], by: number): Competitor[] {
  const first = by % competitors.length;
  return [...competitors.slice(first), ...competitors.slice(0, first)];
}

function settingOf({ pages, rows, limit, limitRows }: Options, part: Part): Setting {
  return part === 'free' ? { pages, rows } : { pages, rows: limitRows, limit };
}

async function versionsOf(
  admin: Database,
  competitors: readonly Competitor[],
): Promise<Record<string, string>> {
  const [row] = await admin.query('SELECT VERSION() AS version');
  return {
    node: process.version,
    mariadb: String(row?.['version']),
    ...(competitors.includes(dlt) ? await dltVersions() : {}),
  };
}

function settingsOf(options: Options, competitors: readonly Competitor[]) {
  const { perSecond } = options.limit;
  return {
    free: settingOf(options, 'free'),
    limited: settingOf(options, 'limited'),
    vendor: 'a process of its own on this machine, 20 ms before each answer, pages made beforehand',
    timed: 'from the start of the pull by a process that has started, to the last row that a reader sees',
    asserted: 'number, sums, extremes and a checksum of every value of every row, after each pull',
    allowed: 'capacity + perSecond × seconds from the first answered request to the last one',
    millrace: {
      free: ordersPull({ rows: options.rows }),
      limited: ordersPull({ rows: options.limitRows, perSecond }),
    },
    axiosLoop:
      'one page after the other, one INSERT of all its rows, committed by itself; after a 429 as long as Retry-After',
    ...(competitors.includes(dlt) ? { dlt: DLT_SETTINGS } : {}),
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

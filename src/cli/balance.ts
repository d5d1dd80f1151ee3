import { Argument, type Command } from '@commander-js/extra-typings';
import { balance, isBalanced, type Balance, type BalanceDeps } from '../balance/index.ts';
import { connectDruid } from '../clients/druid.ts';
import { createKafkaClient } from '../clients/kafka/index.ts';
import { connectMariaDb } from '../clients/mariadb.ts';
import { loadConfig, type Config } from '../config.ts';
import { namesFor } from '../names.ts';
import { catalogueIn } from '../store/catalogue.ts';
import { colours } from './colours.ts';
import { instant, refuseEmpty } from './instant.ts';
import { offering } from './completion/offers.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { asJson, printFound } from './print.ts';
import { counted, renderTable } from './table.ts';
import { tellerOnStderr } from './teller.ts';

export function defineBalance(command: Command): void {
  examples(command, [
    ['millrace balance orders', 'is every event where it should be? Exit code 1 where one is not'],
    ['millrace balance orders --from 2026-01-01 --to 2026-01-08', 'only events of that week'],
  ]);
  command
    .addArgument(offering(new Argument('<stream>', 'the stream'), ['stream']))
    .option('--from <instant>', 'only events from then on, RFC 3339 (2026-01-01 means midnight UTC)', instant)
    .option('--to <instant>', 'only events before', instant)
    .addOption(outputOption('table', 'json'))
    .addOption(jsonOption())
    .option('--env <env>', 'the env of the stream')
    .action(async (stream, { from, to, output, env }) => {
      refuseEmpty(from, to, 'events whose time lies in [from, to) are counted.');
      const found = await balanceIn(loadConfig({ MILLRACE_ENV: env }), stream, { from, to });
      printFound(found, { table: renderBalance, json: asJson }[output]);
      if (!isBalanced(found)) process.exitCode = 1;
    });
}

/** The balance of a stream, by connections of its own; what it waits for is told on stderr. */
async function balanceIn(
  config: Config,
  stream: string,
  range: Parameters<typeof balance>[2],
): Promise<Balance> {
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 2 });
  const kafka = createKafkaClient(config.kafka, `millrace-balance-${config.env}`, {
    readerGroup: names.readerGroup,
  });
  const teller = tellerOnStderr();
  const deps: BalanceDeps = {
    names,
    db,
    kafka,
    druid: connectDruid(config.druid),
    catalogue: catalogueIn(db, names),
    say: teller.say,
    progress: teller.progress,
  };
  try {
    return await balance(deps, stream, range);
  } finally {
    teller.clear();
    await Promise.all([kafka.close(), db.close()]);
  }
}

/** Of one side; `--json` has them all. */
const MAX_LINES = 20;

/** The totals, what is late, what differs or could not be compared, each with what to do, and the verdict. */
export function renderBalance(found: Balance): string {
  const { totals, differences, late, unknown, notes } = found;
  const shown = (count: number | null) => String(count ?? '-');
  const table = renderTable(
    ['book', 'expected', 'found'],
    totals.map(({ book, expected, found: present }) => [book, shown(expected), shown(present)]),
  );
  const lines = [
    ...notes.map((note) => `· ${note}`),
    ...shortened(late.map(lateText), 'late intervals'),
    ...sidesOf(differences).flatMap((side) =>
      shortened(
        differences.filter((difference) => difference.side === side).map(differenceText),
        `differences of ${side}`,
      ),
    ),
    ...unknown.map((what) => `${colours.red('?')} ${what}`),
  ];
  return `${table}${lines.length === 0 ? '' : `\n${lines.join('\n')}\n`}\n${verdict(found)}\n`;
}

function lateText({ table, interval, events, command }: Balance['late'][number]): string {
  return `· ${table} ${interval.start}: loaded before ${counted(events, 'event')} came; a reload heals it: ${command}`;
}

function differenceText({
  side,
  interval,
  partition,
  expected,
  found,
  means,
  remedy,
  command,
}: Balance['differences'][number]) {
  const where = [
    ...(partition === null ? [] : [`partition ${partition}`]),
    ...(interval === null ? [] : [`${interval.start} → ${interval.end}`]),
  ].join(', ');
  const mend = command === undefined ? [] : [`To load it again: ${command}`];
  const said = [means, ...(remedy === undefined ? [] : [remedy]), ...mend].join(' ');
  return `${colours.red('!')} ${side}, ${where}: ${found}, expected ${expected}. ${said}`;
}

function sidesOf(differences: Balance['differences']): string[] {
  return [...new Set(differences.map(({ side }) => side))];
}

function shortened(lines: string[], what: string): string[] {
  const more = lines.length - MAX_LINES;
  return more <= 0
    ? lines
    : [...lines.slice(0, MAX_LINES), `  and ${more} more ${what}: --json has them all`];
}

function verdict({ differences, unknown, late }: Balance): string {
  const behind = late.length === 0 ? '' : `, ${counted(late.length, 'late interval')}`;
  const missing = unknown.length === 0 ? '' : `, ${unknown.length} not compared`;
  if (differences.length > 0)
    return colours.red(`${counted(differences.length, 'difference')}${missing}${behind}`);
  return unknown.length > 0
    ? colours.red(`no difference found${missing}${behind}`)
    : colours.green(`balanced${behind}`);
}

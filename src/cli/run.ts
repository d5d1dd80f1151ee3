import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import { connectMariaDb } from '../clients/mariadb.ts';
import { connectTemporal } from '../clients/temporal.ts';
import { loadConfig } from '../config.ts';
import { refuseFuture, refuseWithoutIntervals } from '../definition/due.ts';
import { namesFor } from '../names.ts';
import { catalogueIn } from '../store/catalogue.ts';
import type { LoadReport, RefreshInput } from '../load/messages.ts';
import { canonicalRun, whichInterval } from '../load/which-interval.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { asLine, printFound, tell } from './print.ts';
import { counted } from './table.ts';
import { startRefresh } from '../schedules/runs.ts';
import { runUrl } from './temporal-ui.ts';
import { resultOf } from './waiting.ts';

export function defineRun(command: Command): void {
  examples(command, [
    ['millrace run rates', 'load the last complete interval, now'],
    ['millrace run rates@2026-01-31T00:00:00Z', 'load the interval that starts then'],
    ['millrace run rates --no-wait', "only start it, and print its address in Temporal's UI"],
  ]);
  command
    .argument(
      '<table[@interval]>',
      "the table, and its interval's start (default: the last complete one)",
      parseMeant,
    )
    .option('--env <env>', 'the env of the table')
    .option('--no-wait', 'only start it')
    .addOption(outputOption('table', 'json', 'name'))
    .addOption(jsonOption())
    .action(async (meant, options) => {
      const config = loadConfig({ MILLRACE_ENV: options.env });
      const { workflowId, input } = await runMeant(config, meant);
      const temporal = await connectTemporal(config);
      const names = namesFor(config.env);
      const { handle, isRunningAlready } = await startRefresh(temporal, names, workflowId, input);
      if (isRunningAlready) tell('  it is running already: waiting for that run\n');
      tell(`  ${runUrl(config, workflowId)}\n`);
      if (options.wait)
        printFound(
          await resultOf<LoadReport>({ config, temporal, handle }),
          { table: reportText, json: asLine, name: nameOf }[options.output],
        );
      await temporal.connection.close();
    });
}

function parseMeant(text: string): { table: string; interval?: string } {
  const [table, interval, ...more] = text.split('@');
  if (!table || more.length > 0)
    throw new InvalidArgumentError('Give a table, or table@2026-01-31T05:00:00Z.');
  return interval === undefined ? { table } : { table, interval };
}

/** The run that loads the interval which is meant, refused before anything is started where there can be none. */
async function runMeant(
  config: ReturnType<typeof loadConfig>,
  { table, interval }: { table: string; interval?: string },
): Promise<{ workflowId: string; input: RefreshInput }> {
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 1 });
  try {
    const { definition } = await catalogueIn(db, names).byName(table);
    refuseWithoutIntervals(definition);
    const now = new Date();
    const { interval: meant } = await whichInterval(definition, { interval }, now);
    const { slot, workflowId } = canonicalRun(names, definition, meant);
    refuseFuture(table, meant, slot, now);
    return { workflowId, input: { table, interval: meant.start, trigger: 'manual' } };
  } finally {
    await db.close();
  }
}

/** As `run` and `logs` take it. */
function nameOf({ table, interval }: LoadReport): string {
  return `${table}@${interval.start}\n`;
}

function reportText({ table, interval, rows, replacedRows, loadId }: LoadReport): string {
  return `${table} ${interval.start} → ${interval.end}: ${counted(rows, 'row')} (${replacedRows} before), load ${loadId}\n`;
}

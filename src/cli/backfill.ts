import { Argument, Option, type Command } from '@commander-js/extra-typings';
import { connectTemporal, type TemporalClient } from '../clients/temporal.ts';
import { loadConfig, type Config } from '../config.ts';
import type { TableDefinition } from '../definition/definition.ts';
import { beginningMs, refuseWithoutIntervals } from '../definition/due.ts';
import { MillraceError } from '../errors.ts';
import { namesFor } from '../names.ts';
import type { BackfillInput, BackfillReport } from '../load/messages.ts';
import { startBackfill } from '../schedules/runs.ts';
import { instant, refuseEmpty } from './instant.ts';
import { tellProgress } from './backfill-progress.ts';
import { offering } from './completion/offers.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { asLine, asLines, printFound, tell } from './print.ts';
import { counted } from './table.ts';
import { tellerOnStderr } from './teller.ts';
import { runUrl } from './temporal-ui.ts';
import { resultOf } from './waiting.ts';
import { wholeNumber } from './whole-number.ts';
import { withCatalogue } from './with-catalogue.ts';

/** As the workflow allows. */
const MAX_CONCURRENCY = 50;

export function defineBackfill(command: Command): void {
  examples(command, [
    ['millrace backfill rates --from 2026-01-01 --to 2026-02-01', 'load what is missing of January'],
    ['millrace backfill rates --from 2026-01-01 --to 2026-02-01 --reprocess all', 'load all of it again'],
    ['millrace backfill rates --from 2026-01-01 --to 2026-02-01 --concurrency 20', 'more at a time'],
  ]);
  command
    .addArgument(offering(new Argument('<table>', 'the table'), ['pull', 'rollup']))
    .option(
      '--from <instant>',
      "the first interval start, RFC 3339 (2026-01-01 means midnight UTC; default: the table's since)",
      instant,
    )
    .requiredOption('--to <instant>', 'the end, exclusive', instant)
    .option('--concurrency <n>', 'intervals at a time', wholeNumber(1, MAX_CONCURRENCY), 4)
    .option('--oldest-first', 'begin with the oldest interval')
    .addOption(
      new Option('--reprocess <which>', "'missing' loads what the ledger lacks, 'all' everything again")
        .choices(['missing', 'all'] as const)
        .default('missing' as const),
    )
    .option('--no-wait', 'only start it')
    .addOption(outputOption('table', 'json', 'name'))
    .addOption(jsonOption())
    .option('--env <env>', 'the env of the table')
    .action(async (table, options) => {
      const config = loadConfig({ MILLRACE_ENV: options.env });
      const definition = await tableOf(config, table);
      const from = options.from ?? beginningOf(definition);
      refuseEmpty(from, options.to, 'intervals whose start lies in [from, to) are loaded.');
      const input: BackfillInput = {
        table,
        from,
        to: options.to,
        concurrency: options.concurrency,
        newestFirst: options.oldestFirst !== true,
        reprocess: options.reprocess,
      };
      const names = namesFor(config.env);
      const temporal = await connectTemporal(config);
      const handle = await startBackfill(temporal, names, input);
      tell(`  ${runUrl(config, handle.workflowId)}\n`);
      const name = (of: { table: string }) => asLines([of.table]);
      if (options.wait) {
        const report = await watched(config, temporal, handle);
        printFound(report, { table: reportText, json: asLine, name }[options.output]);
      } else {
        const started = { table, workflowId: handle.workflowId };
        printFound(started, { table: () => '', json: asLine, name }[options.output]);
      }
      await temporal.connection.close();
    });
}

/** Waits for its end, and tells meanwhile how far it is and what it waits for. */
async function watched(
  config: Config,
  temporal: TemporalClient,
  handle: Awaited<ReturnType<typeof startBackfill>>,
): Promise<BackfillReport> {
  const teller = tellerOnStderr();
  const ended = new AbortController();
  // Without the run's own id: a backfill of many intervals goes on as a new run.
  const current = temporal.workflow.getHandle(handle.workflowId);
  const telling = tellProgress(current, teller, ended.signal);
  try {
    return await resultOf<BackfillReport>({ config, temporal, handle }, { say: teller.say });
  } finally {
    ended.abort();
    await telling;
  }
}

function reportText({ table, loaded, intervals, rows }: BackfillReport): string {
  return intervals === 0
    ? `${table}: nothing to load: every interval that starts there is loaded, or is not due yet\n`
    : `${table}: ${loaded} of ${counted(intervals, 'interval')} loaded, ${counted(rows, 'row')}\n`;
}

/** Asked before anything is started: Temporal would show a failed run for a slip of the hand. */
async function tableOf(config: Config, table: string): Promise<TableDefinition> {
  const { definition } = await withCatalogue(config, (catalogue) => catalogue.byName(table));
  refuseWithoutIntervals(definition);
  return definition;
}

/** Where the rows of the table begin. @throws INPUT_INVALID where its definition does not say */
function beginningOf(definition: TableDefinition): string {
  const beginning = beginningMs(definition);
  if (beginning !== undefined) return new Date(beginning).toISOString();
  throw new MillraceError(
    'INPUT_INVALID',
    `--from is missing, and '${definition.name}' does not say where its rows begin. Give --from 2026-01-01, or since: '2026-01-01' in the definition.`,
    { context: { table: definition.name } },
  );
}

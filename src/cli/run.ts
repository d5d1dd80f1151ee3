import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import { connectMariaDb } from '../clients/mariadb.ts';
import { connectTemporal, WorkflowExecutionAlreadyStartedError } from '../clients/temporal.ts';
import { loadConfig } from '../config.ts';
import { intervalStartingAt, lastCompleteInterval, slotOf } from '../definition/calendar.ts';
import { refuseFuture, refuseUnloaded } from '../definition/due.ts';
import { namesFor } from '../names.ts';
import { catalogueIn } from '../store/catalogue.ts';
import type { LoadReport, RefreshInput } from '../workflows/messages.ts';
import { counted } from './table.ts';
import { runUrl } from './temporal-ui.ts';
import { resultOf } from './waiting.ts';

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('load one interval of a table, now')
    .argument(
      '<table[@interval]>',
      "the table, and its interval's start (default: the last complete one)",
      parseTarget,
    )
    .option('--env <env>', 'the env of the table')
    .option('--no-wait', 'only start it')
    .option('--json', 'print the report as JSON')
    .action(async (target, options) => {
      const config = loadConfig({ MILLRACE_ENV: options.env });
      const { workflowId, input } = await canonicalRun(config, target);
      const temporal = await connectTemporal(config);
      const names = namesFor(config.env);
      const handle = await temporal.workflow
        .start('refresh', {
          workflowId,
          taskQueue: names.taskQueue('live'),
          args: [input],
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          staticSummary: `${input.table} ${input.interval}`,
        })
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          process.stderr.write('  it is running already: waiting for that run\n');
          return temporal.workflow.getHandle(workflowId);
        });
      process.stderr.write(`  ${runUrl(config, workflowId)}\n`);
      if (options.wait) report(await resultOf<LoadReport>(temporal, handle), options.json === true);
      await temporal.connection.close();
    });
}

function parseTarget(text: string): { table: string; interval?: string } {
  const [table, interval, ...more] = text.split('@');
  if (!table || more.length > 0)
    throw new InvalidArgumentError('Give a table, or table@2026-01-31T05:00:00Z.');
  return interval === undefined ? { table } : { table, interval };
}

/** The one workflow id under which this interval may be loaded, found as `resolve` does it. */
async function canonicalRun(
  config: ReturnType<typeof loadConfig>,
  { table, interval }: { table: string; interval?: string },
): Promise<{ workflowId: string; input: RefreshInput }> {
  const names = namesFor(config.env);
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 1 });
  try {
    const { definition } = await catalogueIn(db, names).byName(table);
    refuseUnloaded(definition);
    const { calendar, offsetMs } = definition;
    const chosen =
      interval === undefined
        ? lastCompleteInterval(calendar, offsetMs, new Date())
        : intervalStartingAt(calendar, interval);
    const slot = slotOf(chosen, offsetMs);
    refuseFuture(table, chosen, slot, new Date());
    const workflowId = names.workflowId(table, slot);
    return { workflowId, input: { table, interval: chosen.start, trigger: 'manual' } };
  } finally {
    await db.close();
  }
}

function report(loaded: LoadReport, isJson: boolean): void {
  const { table, interval, rows, replacedRows, loadId } = loaded;
  process.stdout.write(
    isJson
      ? `${JSON.stringify(loaded)}\n`
      : `${table} ${interval.start} → ${interval.end}: ${counted(rows, 'row')} (${replacedRows} before), load ${loadId}\n`,
  );
}

import { Option, type Command } from '@commander-js/extra-typings';
import { connectTemporal, type TemporalClient } from '../clients/temporal.ts';
import { loadConfig } from '../config.ts';
import { MillraceError } from '../errors.ts';
import { namesFor, type Names } from '../names.ts';
import type { BackfillInput, BackfillReport } from '../workflows/messages.ts';
import { runUrl } from './temporal-ui.ts';
import { resultOf } from './waiting.ts';

export function registerBackfill(program: Command): void {
  program
    .command('backfill')
    .description('load every interval of a table whose start lies in [from, to)')
    .argument('<table>', 'the table')
    .requiredOption(
      '--from <instant>',
      'the first interval start, RFC 3339 (2026-01-01 means midnight UTC)',
      instant,
    )
    .requiredOption('--to <instant>', 'the end, exclusive', instant)
    .option('--concurrency <n>', 'intervals at a time', Number, 4)
    .option('--oldest-first', 'begin with the oldest interval')
    .addOption(
      new Option('--reprocess <which>', "'missing' loads what the ledger lacks, 'all' everything again")
        .choices(['missing', 'all'] as const)
        .default('missing' as const),
    )
    .option('--no-wait', 'only start it')
    .option('--env <env>', 'the env of the table')
    .action(async (table, options) => {
      const config = loadConfig({ MILLRACE_ENV: options.env });
      const input: BackfillInput = {
        table,
        from: options.from,
        to: options.to,
        concurrency: options.concurrency,
        newestFirst: options.oldestFirst !== true,
        reprocess: options.reprocess,
      };
      const temporal = await connectTemporal(config);
      const handle = await startBackfill(temporal, namesFor(config.env), input);
      process.stderr.write(`  ${runUrl(config, handle.workflowId)}\n`);
      if (options.wait) report(await resultOf<BackfillReport>(temporal, handle));
      await temporal.connection.close();
    });
}

/** Starts a backfill. The same one asked for twice at once is one. */
export function startBackfill(temporal: TemporalClient, names: Names, input: BackfillInput) {
  const { table, from, to, reprocess } = input;
  return temporal.workflow.start('backfill', {
    workflowId: names.backfillId(table, from, to, reprocess),
    taskQueue: names.taskQueue('bulk'),
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `${table} ${from} → ${to}`,
  });
}

function report({ table, loaded, intervals, rows }: BackfillReport): void {
  process.stdout.write(
    intervals === 0
      ? `${table}: nothing is missing\n`
      : `${table}: ${loaded} of ${intervals} intervals loaded, ${rows} rows\n`,
  );
}

function instant(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const parsed = Date.parse(isDay ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(parsed) || (!isDay && !/(Z|[+-]\d{2}:\d{2})$/.test(text))) {
    throw new MillraceError(
      'INPUT_INVALID',
      `'${text}' is not an instant. Give 2026-01-31 or 2026-01-31T05:00:00Z.`,
    );
  }
  return new Date(parsed).toISOString().replace('.000Z', 'Z');
}

import type { Command } from '@commander-js/extra-typings';
import { connectTemporal } from '../clients/temporal.ts';
import { loadConfig } from '../config.ts';
import { refuseBeforeSince, refuseFuture } from '../definition/due.ts';
import { namesFor } from '../names.ts';
import type { LoadReport, RefreshInput } from '../load/messages.ts';
import { examples } from './examples.ts';
import { askedRun, intervalArgument } from './interval-argument.ts';
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
    .addArgument(intervalArgument())
    .option('--env <env>', 'the env of the table')
    .option('--no-wait', 'only start it')
    .addOption(outputOption('table', 'json', 'name'))
    .addOption(jsonOption())
    .action(async (meant, options) => {
      const config = loadConfig({ MILLRACE_ENV: options.env });
      const now = new Date();
      const { definition, interval, slot, workflowId } = await askedRun(config, meant, now);
      // Before anything is started: Temporal would show a failed run for a slip of the hand.
      refuseBeforeSince(definition, interval);
      refuseFuture(meant.table, interval, slot, now);
      const input: RefreshInput = { table: meant.table, interval: interval.start, trigger: 'manual' };
      const temporal = await connectTemporal(config);
      const names = namesFor(config.env);
      const { handle, isRunningAlready } = await startRefresh(temporal, names, workflowId, input);
      if (isRunningAlready) tell('  it is running already: waiting for that run\n');
      tell(`  ${runUrl(config, workflowId)}\n`);
      if (options.wait) {
        const report = await resultOf<LoadReport>({ config, temporal, handle });
        printFound(report, { table: reportText, json: asLine, name: nameOf }[options.output]);
      } else {
        const started = { table: input.table, interval, workflowId };
        printFound(started, { table: () => '', json: asLine, name: nameOf }[options.output]);
      }
      await temporal.connection.close();
    });
}

/** As `run` and `logs` take it. */
function nameOf({ table, interval }: Pick<LoadReport, 'table' | 'interval'>): string {
  return `${table}@${interval.start}\n`;
}

function reportText({ table, interval, rows, replacedRows, loadId }: LoadReport): string {
  return `${table} ${interval.start} → ${interval.end}: ${counted(rows, 'row')} (${replacedRows} before), load ${loadId}\n`;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '@commander-js/extra-typings';
import pc from 'picocolors';
import { connectMariaDb } from '../clients/mariadb.ts';
import { loadConfig, type Config } from '../config.ts';
import { namesFor } from '../names.ts';
import { runLogIn, type KeptLine } from '../store/run-log.ts';
import { examples } from './examples.ts';
import { parseMeant, runMeant } from './meant.ts';
import { jsonOption, outputOption } from './output.ts';
import { asLine, printFound, tell } from './print.ts';
import { runUrl } from './temporal-ui.ts';

/** As often as workers write. */
const FOLLOW_MS = 500;

export function defineLogs(command: Command): void {
  examples(command, [
    ['millrace logs rates@2026-01-31T00:00:00Z', 'each attempt to load that interval, step by step'],
    ['millrace logs rates --follow', 'the last complete interval, and what comes'],
  ]);
  command
    .argument(
      '<table[@interval]>',
      "the table, and its interval's start (default: the last complete one)",
      parseMeant,
    )
    .option('-f, --follow', 'go on printing what is added')
    .addOption(outputOption('table', 'json'))
    .addOption(jsonOption())
    .option('--env <env>', 'the env of the table')
    .action(async (meant, { follow, output, env }) => {
      const config = loadConfig({ MILLRACE_ENV: env });
      const { interval, workflowId } = await runMeant(config, meant, new Date());
      tell(`  ${meant.table} ${interval.start} → ${interval.end}\n  ${runUrl(config, workflowId)}\n`);
      const of = { workflowId, table: meant.table, intervalStart: interval.start };
      const count = await printLines(config, of, { output, follow: follow === true });
      if (count === 0) tell(`  no line is kept: no run of it has begun, or it was more than 30 days ago\n`);
    });
}

interface How {
  output: 'table' | 'json';
  follow: boolean;
}

/** @returns how many there were */
async function printLines(
  config: Config,
  of: { workflowId: string; table: string; intervalStart: string },
  { output, follow }: How,
): Promise<number> {
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 1 });
  const runLog = runLogIn(db, namesFor(config.env));
  const print = { table: textOf(), json: (lines: readonly KeptLine[]) => lines.map(asLine).join('') }[output];
  let count = 0;
  let newest = 0;
  try {
    do {
      const lines = await runLog.linesOf(of, newest);
      printFound(lines, print);
      count += lines.length;
      newest = Math.max(newest, ...lines.map(({ id }) => id));
      if (follow) await sleep(FOLLOW_MS);
    } while (follow);
    return count;
  } finally {
    await db.close();
  }
}

/** Lines under a heading per run: `10:00:01.234Z  stage    1  ended after 1.2 s: 72 rows`. */
function textOf(): (lines: readonly KeptLine[]) => string {
  let run: string | undefined;
  return (lines) =>
    lines
      .map((line) => {
        const isNew = line.runId !== run;
        run = line.runId;
        const text = line.level === 'warn' ? pc.red(line.line) : line.line;
        const row = `${line.at}  ${line.step.padEnd(STEP_WIDTH)}  ${String(line.attempt).padStart(2)}  ${text}\n`;
        return isNew ? `${pc.dim(`run ${line.workflowId} ${line.runId}`)}\n${row}` : row;
      })
      .join('');
}

const STEP_WIDTH = 8;

import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '@commander-js/extra-typings';
import { connectMariaDb } from '../clients/mariadb.ts';
import { loadConfig, type Config } from '../config.ts';
import { namesFor } from '../names.ts';
import { LOG_KEPT_DAYS, runLogIn, type KeptLine } from '../store/run-log.ts';
import { colours } from './colours.ts';
import { examples } from './examples.ts';
import { askedRun, intervalArgument } from './interval-argument.ts';
import { jsonOption, outputOption } from './output.ts';
import { asLine, printFound, tell } from './print.ts';
import { runUrl } from './temporal-ui.ts';

/** As often as workers write. */
const FOLLOW_MS = 500;
/** Lines get their numbers before they are committed: one of a lower number may come after a higher one. */
const LATE_LINES = 1_000;
const NOTHING = `nothing is logged for this interval: no run has begun, or its lines were older than ${LOG_KEPT_DAYS} days`;

export function defineLogs(command: Command): void {
  examples(command, [
    ['millrace logs rates@2026-01-31T00:00:00Z', 'each try to load that interval, step by step'],
    ['millrace logs rates --follow', 'the last complete interval, and what comes'],
  ]);
  command
    .addArgument(intervalArgument())
    .option('-f, --follow', 'go on printing what is added')
    .addOption(outputOption('table', 'json'))
    .addOption(jsonOption())
    .option('--env <env>', 'the env of the table')
    .action(async (asked, { follow, output, env }) => {
      const config = loadConfig({ MILLRACE_ENV: env });
      const { table } = asked;
      const { interval, workflowId } = await askedRun(config, asked, new Date());
      tell(`  ${table} ${interval.start} → ${interval.end}\n  ${runUrl(config, workflowId)}\n`);
      await printLines(config, { workflowId, table, intervalStart: interval.start }, output, follow === true);
    });
}

async function printLines(
  config: Config,
  of: { workflowId: string; table: string; intervalStart: string },
  output: 'table' | 'json',
  isFollowing: boolean,
): Promise<void> {
  const db = connectMariaDb(config.mariadb, config.mariadb.worker, { connections: 1 });
  const runLog = runLogIn(db, namesFor(config.env));
  const render = { table: textOf(), json: (lines: readonly KeptLine[]) => lines.map(asLine).join('') }[
    output
  ];
  const printed = new Set<number>();
  let newest = 0;
  try {
    for (let isFirst = true; isFirst || isFollowing; isFirst = false) {
      if (!isFirst) await sleep(FOLLOW_MS);
      const lines = (await runLog.linesOf(of, newest - LATE_LINES)).filter(({ id }) => !printed.has(id));
      for (const { id } of lines) {
        printed.add(id);
        newest = Math.max(newest, id);
      }
      printFound(lines, render);
      if (isFirst && lines.length === 0) tell(`  ${NOTHING}\n`);
    }
  } finally {
    await db.close();
  }
}

/** Lines under a heading per run: `10:00:01.234Z  stage    1  ended after 1.2 s: 72 rows`. */
function textOf(): (lines: readonly KeptLine[]) => string {
  let run: string | undefined;
  return (lines) =>
    folded(lines)
      .map((line) => {
        const isNew = line.runId !== run;
        run = line.runId;
        const text = line.level === 'warn' ? colours.red(line.line) : line.line;
        const row = `${line.at}  ${line.step.padEnd(STEP_WIDTH)}  ${String(line.tryNumber).padStart(2)}  ${text}\n`;
        return isNew ? `${colours.dim(`run ${line.workflowId} ${line.runId}`)}\n${row}` : row;
      })
      .join('');
}

const STEP_WIDTH = 8;

/** A step that waits for an hour says so hundreds of times: the same words stand once, with how often and until when. */
export function folded(lines: readonly KeptLine[]): KeptLine[] {
  const shown: KeptLine[] = [];
  const waits = new Map<string, { line: KeptLine; text: string; times: number }>();
  for (const line of lines) {
    const step = `${line.runId}/${line.step}`;
    const before = waits.get(step);
    if (before !== undefined && before.text === line.line) {
      before.times += 1;
      before.line.line = `${before.text} (${before.times} times, until ${line.at})`;
      // What has been pushed since is the beginning of this try: it says nothing new.
      const began = shown.findLastIndex((one) => `${one.runId}/${one.step}` === step);
      if (shown[began] !== before.line) shown.splice(began, 1);
      continue;
    }
    const copy = { ...line };
    if (line.line.startsWith('waits, ')) waits.set(step, { line: copy, text: line.line, times: 1 });
    shown.push(copy);
  }
  return shown;
}

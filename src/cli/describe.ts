import { Argument, type Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config.ts';
import type { Field } from '../definition/definition.ts';
import { KINDS } from '../definition/kinds.ts';
import { colours } from './colours.ts';
import { readDescription, type Description } from './describe/read-description.ts';
import { offering } from './completion/offers.ts';
import { examples } from './examples.ts';
import { jsonOption, outputOption } from './output.ts';
import { asJson, printFound } from './print.ts';
import { dueText } from './status/table-status.ts';
import { ageOf, counted, renderTable } from './table.ts';

export function defineDescribe(command: Command): void {
  examples(command, [
    ['millrace describe rates', 'all there is to know of it'],
    ['millrace describe rates -o json | jq -r .lastRun.url', "its last run in Temporal's UI"],
  ]);
  command
    .addArgument(offering(new Argument('<name>', 'the definition'), KINDS))
    .addOption(outputOption('table', 'json'))
    .addOption(jsonOption())
    .option('--env <env>', 'the env')
    .action(async (name, { output, env }) => {
      const found = await readDescription(loadConfig({ MILLRACE_ENV: env }), name);
      const table = (shown: Description) => renderDescription(shown, Date.now());
      printFound(found, { table, json: asJson }[output]);
      if (found.problems.length > 0) process.exitCode = 1;
    });
}

/** A line per fact, then its columns, then who did not answer. */
export function renderDescription(found: Description, nowMs: number): string {
  const lines = factsOf(found, nowMs).flatMap(([label, text]) =>
    text === null || text === '' ? [] : [`${label.padEnd(LABEL_WIDTH)}${text}\n`],
  );
  const fields = found.fields === null ? '' : `\n${fieldsTable(found.fields, found.key ?? [])}`;
  const problems = found.problems.map((problem) => `\n${colours.red('!')} ${problem}\n`);
  return [...lines, fields, ...problems].join('');
}

const LABEL_WIDTH = 14;

function factsOf(found: Description, nowMs: number): [label: string, text: string | null][] {
  const { topics, datasource, loaded, every } = found;
  return [
    ['name', found.name],
    ['kind', found.source === null ? found.kind : `${found.kind} (${found.source})`],
    ['description', found.description],
    ['owner', found.owner],
    ['every', every === null ? null : `${every}, due ${dueAfter(found.offsetMs ?? 0)}`],
    ['reads', found.reads.join(', ')],
    ['read by', found.readBy.join(', ')],
    ['topics', topics === null ? null : Object.values(topics).join(', ')],
    ['in Druid', datasource],
    ['definition', found.definitionHash],
    ['data', found.dataHash],
    ['loaded', every === null ? null : loadedText(loaded, nowMs)],
    ['next slot', every === null ? null : dueText(found, nowMs)],
    ['last run', every === null ? null : runText(found.lastRun, nowMs)],
    ['', failureText(found.lastRun)],
    ['', found.lastRun?.url ?? null],
    ['in Superset', found.datasetUrl],
  ];
}

function dueAfter(offsetMs: number): string {
  return offsetMs === 0 ? 'at its end' : `${ageOf(offsetMs)} after its end`;
}

function loadedText(loaded: Description['loaded'], nowMs: number): string {
  if (loaded === null) return 'nothing yet';
  const ago = ageOf(nowMs - Date.parse(loaded.loadedAt));
  return `${counted(loaded.intervals, 'interval')}, ${counted(loaded.rows, 'row')}; the newest is ${loaded.newest}; a load ended ${ago} ago`;
}

function runText(run: Description['lastRun'], nowMs: number): string {
  if (run === null) return '-';
  const of = run.intervalStart === null ? '' : ` of ${run.intervalStart}`;
  const age = ageOf(nowMs - Date.parse(run.endedAt ?? run.startedAt));
  return `${run.status.toLowerCase()}${of}, ${run.endedAt === null ? `for ${age}` : `${age} ago`}`;
}

function failureText(run: Description['lastRun']): string | null {
  return run?.failure ? `${run.failure.code}: ${run.failure.message.replaceAll('\n', ' ')}` : null;
}

function fieldsTable(fields: readonly Field[], key: readonly string[]): string {
  return renderTable(
    ['column', 'type', 'null', 'key'],
    fields.map(({ name, type, nullable, optional }) => [
      name,
      type,
      nullable || optional ? 'yes' : 'no',
      key.includes(name) ? String(key.indexOf(name) + 1) : '',
    ]),
  );
}

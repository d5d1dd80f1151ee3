import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamDefinition } from '../../definition/definition.ts';
import { isKnown, lackOf } from '../../intake/index.ts';
import type { BalanceDeps } from '../deps.ts';
import { add, type CountsByTime, type Grid } from '../event-time.ts';

/** Druid's rows by stretch of event time; or why it is not where the clean topic was. */
export type DruidBook = { state: 'whole'; rows: CountsByTime } | { state: 'behind'; why: string };

type Deps = Pick<BalanceDeps, 'druid' | 'names' | 'say'>;

const PATIENCE_MS = 30_000;
const LOOK_MS = 500;

/**
 * Druid's rows by stretch of event time, once it has all of the clean topic up to these offsets. The answer counts as a
 * load's does: with its end marker, and with all segments there before and after. Druid gets 30 s to come so far.
 * @param ends by partition: the clean offset after the last record
 */
export async function druidBook(
  deps: Deps,
  stream: StreamDefinition,
  ends: ReadonlyMap<number, bigint>,
  grid: Grid,
): Promise<DruidBook> {
  const datasource = deps.names.datasource(stream);
  const isEmpty = [...ends.values()].every((end) => end === 0n);
  if (isEmpty && !(await isKnown(deps.druid, datasource))) return { state: 'whole', rows: new Map() };
  const deadlineMs = Date.now() + PATIENCE_MS;
  let said = '';
  for (;;) {
    let lack = await lackOf(deps, stream, ends);
    if (lack === undefined) {
      const rows = await rowsByStretch(deps, datasource, grid);
      // What it had not published goes with a task that ends under the query.
      lack = await lackOf(deps, stream, ends);
      if (lack === undefined) return { state: 'whole', rows };
    }
    if (Date.now() > deadlineMs) return { state: 'behind', why: lack.text };
    if (said !== lack.text) deps.say(`waiting for Druid: ${lack.text}`);
    said = lack.text;
    await sleep(LOOK_MS);
  }
}

async function rowsByStretch(
  { druid }: Deps,
  datasource: string,
  { lengthMs, fromMs, toMs }: Grid,
): Promise<CountsByTime> {
  // Of a time before 1970 the remainder is negative.
  const ms = 'TIMESTAMP_TO_MILLIS(__time)';
  const stretch = `${ms} - MOD(MOD(${ms}, ${lengthMs}) + ${lengthMs}, ${lengthMs})`;
  const bounds = [
    ...(Number.isFinite(fromMs) ? [`__time >= MILLIS_TO_TIMESTAMP(${fromMs})`] : []),
    ...(Number.isFinite(toMs) ? [`__time < MILLIS_TO_TIMESTAMP(${toMs})`] : []),
  ];
  const where = bounds.length === 0 ? '' : ` WHERE ${bounds.join(' AND ')}`;
  const counts: CountsByTime = new Map();
  const sql = `SELECT ${stretch} AS stretch, COUNT(*) AS n FROM "${datasource}"${where} GROUP BY 1`;
  const queryId = `balance-${datasource}-${process.pid}-${Date.now()}`;
  for await (const { rows } of druid.stream(sql, { queryId })) {
    for (const [startMs, events] of rows) add(counts, Number(startMs), Number(events));
  }
  return counts;
}

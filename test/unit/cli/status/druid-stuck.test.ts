import { expect, test } from 'vitest';
import { stuckText } from '../../../../src/cli/status/druid-stuck.ts';
import { heldUpIn } from '../../../../src/intake/held-up.ts';
import { standingOf } from '../../../../src/intake/standing.ts';
import { CLICKS } from '../../../support/clicks.ts';
import { intakeOf, type Moment, noLongerAvailable } from '../../../support/intake-of.ts';

const DRUID = { url: 'http://druid:8888', auth: { username: 'millrace', password: 'secret' } };

async function textOf(moment: Moment): Promise<string> {
  const { deps } = intakeOf([moment]);
  const standing = await standingOf(deps, CLICKS);
  if (standing === undefined) throw new Error('there is a supervisor');
  const heldUp = await heldUpIn(deps, standing, standing.partitions.slice(0, 1));
  return stuckText(DRUID, 'clicks', { standing, heldUp });
}

test('of a task that hangs, the command that has another one begin ends the line', async () => {
  expect(await textOf({ parts: [{ written: 9n, from: 0, to: 4 }] })).toMatch(
    /^stream clicks: Druid's supervisor 'unit_clicks_v1' \(RUNNING\) does not move: partition 0 stands at offset 4, .*\. Look at .* task task in .*: curl -X POST -u 'millrace' http:\/\/druid:8888\/druid\/indexer\/v1\/task\/task\/shutdown$/,
  );
});

test('of events that are lost, the command that has Druid go on behind them ends the line', async () => {
  expect(await textOf({ parts: [{ written: 9n, low: 7n, from: 4 }, { written: 3n }] })).toMatch(
    /lacks the events .*: curl -X POST -u 'millrace' -H 'content-type: application\/json' -d '\{"type":"kafka","partitions":\{"type":"end","stream":"unit.clicks.clean","partitionOffsetMap":\{"0":7\}\}\}' http:\/\/druid:8888\/druid\/indexer\/v1\/supervisor\/unit_clicks_v1\/resetOffsets$/,
  );
});

test('of an open transaction, the commands that name and end it are said', async () => {
  expect(await textOf({ parts: [{ written: 9n, high: 4n, from: 0, to: 4 }] })).toMatch(
    /gives nothing from 4 on: .* describe-producers --topic unit\.clicks\.clean --partition 0\. To end it: … abort --topic unit\.clicks\.clean --partition 0 --start-offset 4$/,
  );
});

test('where nothing is lost, the line says who mends it', async () => {
  const moment = { parts: [{ written: 9n, low: 10n }], error: noLongerAvailable(0, 9) };
  expect(await textOf(moment)).toContain(
    "A worker with the role 'ingest' has it go on behind that within half a minute",
  );
});

test('of a supervisor without any task, its last error is said, and what to look for', async () => {
  const text = await textOf({ parts: [{ written: 9n }], error: 'Kafka is away\n\tat java' });
  expect(text).toMatch(
    /partition 0 stands at .* s ago; its last error: Kafka is away\. The supervisor has no task/,
  );
});

import { parseArgs } from 'node:util';
import { runScript, startStack, startWorker } from 'millrace/script';
import { backfillNewest, backfillRest } from './start/backfill.ts';
import { printCard } from './start/card.ts';
import { applyDefinitions, fillTeamTables, startReplay, startVendor } from './start/steps.ts';
import { stepper } from './start/stepper.ts';

const USAGE = `The whole demo: servers, worker, live events, summaries, the combined table, the dashboard.

  npm start -- [--days 7] [--docker]

  --days    days of departures to replay
  --docker  the servers as containers, by docker-compose.yml`;

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '7' },
    docker: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const days = Number(values.days);
if (values.help || !Number.isInteger(days) || days < 1) {
  console.error(values.help ? USAGE : `--days ${values.days}: give a whole number from 1 on.\n\n${USAGE}`);
  process.exit(values.help ? 0 : 2);
}

runScript(async () => {
  const step = stepper();
  await step('servers', (note) => startStack(note, values.docker));
  // The combined table joins the team's own: they must be there when it is made.
  const applied = fillTeamTables(step).then(() => applyDefinitions(step));
  await Promise.all([startVendor(step), applied]);
  const [replayedFrom] = await Promise.all([startReplay(days, step), step('worker', startWorker)]);
  await backfillNewest(step);
  await backfillRest(replayedFrom, step);
  await printCard(step);
});

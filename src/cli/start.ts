import type { Command } from '@commander-js/extra-typings';
import { stateDir } from '../config.ts';
import { backfillNewest, backfillRest } from './start/backfill.ts';
import { printCard } from './start/card.ts';
import { demoSettings } from './start/demo-settings.ts';
import {
  applyDefinitions,
  fillTeamTables,
  startReplay,
  startStack,
  startVendor,
  startWorker,
} from './start/steps.ts';
import { stepper } from './start/stepper.ts';
import { wholeNumber } from './whole-number.ts';

export function registerStart(program: Command): void {
  program
    .command('start')
    .description('the whole demo: servers, worker, live events, summaries, the combined table, the dashboard')
    .option('--days <n>', 'days of departures to replay', wholeNumber(1), 7)
    .option('--docker', 'the servers as containers, by docker-compose.yml')
    .action(async ({ days, docker }) => {
      const home = stateDir();
      const step = stepper();
      await startStack(home, docker === true, step);
      const demo = await demoSettings(home);
      await Promise.all([startVendor(home, demo, step), fillTeamTables(step)]);
      await applyDefinitions(step);
      const [replayedFrom] = await Promise.all([startReplay(home, days, step), startWorker(home, step)]);
      await backfillNewest(step);
      await backfillRest(replayedFrom, step);
      await printCard(step);
    });
}

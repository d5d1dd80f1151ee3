import { Command } from '@commander-js/extra-typings';
import { registerApply } from './apply.ts';
import { registerBackfill } from './backfill.ts';
import { exitWith } from './exit.ts';
import { registerRun } from './run.ts';
import { registerShow } from './show.ts';
import { registerStack } from './stack.ts';
import { registerStart } from './start.ts';
import { registerStatus } from './status.ts';
import { registerWorker } from './worker.ts';

const program = new Command('millrace')
  .description('Raw events and outside numbers in; tables you can join, out.')
  .showSuggestionAfterError()
  .exitOverride()
  .addHelpText(
    'before',
    `Examples:
  millrace apply                                     make every system what pipelines/ says
  millrace run weather@2026-01-31T05:00:00Z          load one interval now
  millrace backfill weather --from 2026-01-01 --to 2026-02-01
  millrace show delays_by_weather --limit 10
`,
  );

registerStart(program);
registerApply(program);
registerRun(program);
registerBackfill(program);
registerShow(program);
registerStatus(program);
registerWorker(program);
registerStack(program);

try {
  await program.parseAsync();
} catch (error) {
  exitWith(error);
}

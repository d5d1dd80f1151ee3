import { commandLine } from './commands.ts';
import { exitWith } from './exit.ts';

// Node itself would print such an error with all that hangs on it, the headers of a request too.
process.on('uncaughtException', exitWith);
try {
  await (await commandLine(process.argv.slice(2))).parseAsync();
} catch (error) {
  exitWith(error);
}

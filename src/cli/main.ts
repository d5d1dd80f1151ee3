import { CommanderError } from '@commander-js/extra-typings';
import { endOnClosedPipe } from './closed-pipe.ts';
import { commandLine } from './commands.ts';

endOnClosedPipe();
// Node itself would print such an error with all that hangs on it, the headers of a request too.
process.on('uncaughtException', (error) => void end(error));
try {
  await (await commandLine(process.argv.slice(2))).parseAsync();
} catch (error) {
  await end(error);
}

/** Help that was asked for has been printed. What tells of errors is loaded for them alone: it knows every server's. */
async function end(error: unknown): Promise<void> {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  (await import('./exit.ts')).exitWith(error);
}

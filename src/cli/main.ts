import { CommanderError } from '@commander-js/extra-typings';
import { commandLine } from './commands.ts';

// Node itself would print such an error with all that hangs on it, the headers of a request too.
process.on('uncaughtException', (error) => void end(error));
try {
  await (await commandLine(process.argv.slice(2))).parseAsync();
} catch (error) {
  await end(error);
}

/** As shells say that SIGPIPE has ended a program: `millrace show … | head` has read enough. */
const CLOSED_PIPE = 141;

function isClosedPipe(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  return code === 'EPIPE' && syscall === 'write';
}

/** Help that was asked for has been printed. What tells of errors is loaded for them alone: it knows every server's. */
async function end(error: unknown): Promise<void> {
  if (isClosedPipe(error)) process.exit(CLOSED_PIPE);
  if (error instanceof CommanderError) process.exit(error.exitCode);
  (await import('./exit.ts')).exitWith(error);
}

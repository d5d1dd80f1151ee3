/** As shells say that SIGPIPE has ended a program. */
const CLOSED_PIPE = 141;

/**
 * Ends the command, without a word, where nobody reads what it prints any more: `millrace show … | head`. A server that
 * closes a connection gives an error of the same code, and ends nothing.
 */
export function endOnClosedPipe(): void {
  // eslint-disable-next-line no-restricted-properties -- nothing is printed
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(CLOSED_PIPE);
  });
}

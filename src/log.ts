import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from './config.ts';
import type { Redaction } from './redaction/index.ts';

/** Structured log lines, without secrets, whoever writes them. They go to stderr: stdout belongs to results. */
export function createLog(
  config: Pick<Config, 'logLevel' | 'env'>,
  name: string,
  redaction: Pick<Redaction, 'json'>,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger {
  const streamWrite = (line: string) => `${JSON.stringify(redaction.json(JSON.parse(line)))}\n`;
  return pino(
    {
      name,
      level: config.logLevel,
      base: { env: config.env },
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: { streamWrite },
    },
    destination,
  );
}

/** What the rest of millrace needs of a logger: pino's shape. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

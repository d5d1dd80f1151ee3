import { pino, type Logger } from 'pino';
import type { Config } from './config.ts';

/** Structured log lines on stderr; stdout belongs to results. */
export function createLog(config: Pick<Config, 'logLevel' | 'env'>, name: string): Logger {
  return pino(
    { name, level: config.logLevel, base: { env: config.env }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** What the rest of millrace needs of a logger: pino's shape. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

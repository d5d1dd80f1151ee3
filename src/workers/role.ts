import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Redaction } from '../redaction/index.ts';

/** What a role is given by its process. */
export interface RoleContext {
  config: Config;
  log: Logger;
  /** Of the process: what it hides, it hides in all its roles. */
  redaction: Redaction;
}

/**
 * Connects to the servers that the role needs, and to no other; takes no work yet.
 * @throws what keeps it from starting; nothing of it is open then
 */
export type OpenRole = (context: RoleContext) => Promise<Role>;

/** One part of what a worker process does, connected. */
export interface Role {
  /** Takes work until it is stopped. @throws what ends it for good */
  run(): Promise<void>;
  /** Takes no more work, lets what it has begun come to an end, and closes its connections; whether it ran or not. */
  stop(): Promise<void>;
}

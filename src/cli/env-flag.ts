import { loadConfig } from '../config.ts';

/** ` --env other` where a command was given another env than its settings say: so a remedy works as it is pasted. */
export function envFlag(env: string): string {
  return env === loadConfig().env ? '' : ` --env ${env}`;
}

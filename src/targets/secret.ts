import { scryptSync } from 'node:crypto';

/** What is shown in place of a secret. */
export const SECRET = '(secret)';

/** Shows that a secret changed, and cannot be turned back into it. */
export interface Fingerprint {
  $secret: string;
}

/** Slow to guess from, because it is stored. */
export function fingerprintOf(secret: string, salt: string): Fingerprint {
  return { $secret: secret === '' ? '' : scryptSync(secret, salt, 32).toString('hex') };
}

export function isSecret(value: unknown): value is Fingerprint {
  return typeof value === 'object' && value !== null && '$secret' in value;
}

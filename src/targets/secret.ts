import { scryptSync } from 'node:crypto';

/** What is shown in place of a secret. */
export const SECRET = '(secret)';

/** Shows that a secret changed, and cannot be turned back into it. */
export interface Fingerprint {
  $secret: string;
}

/** Slow to guess from, because it is stored. */
export function fingerprintOf(secret: string, salt: string): Fingerprint {
  return { $secret: secret === '' ? '' : hashOf(secret, salt) };
}

/** By salt and secret. Each takes 50 ms, and what is desired is asked for at every step of apply. */
const hashes = new Map<string, string>();

function hashOf(secret: string, salt: string): string {
  const key = JSON.stringify([salt, secret]);
  const hash = hashes.get(key) ?? scryptSync(secret, salt, 32).toString('hex');
  hashes.set(key, hash);
  return hash;
}

export function isSecret(value: unknown): value is Fingerprint {
  return typeof value === 'object' && value !== null && '$secret' in value;
}

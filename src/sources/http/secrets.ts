import type { AuthKind } from './auth/auth-kind.ts';
import { AUTH_KINDS } from './auth/index.ts';
import type { HttpFacts } from './facts.ts';

/** Names of the secrets that a pull shows its API, as far as this version knows its kind of auth. */
export function secretsIn({ auth = {} }: HttpFacts): string[] {
  return Object.entries(auth).flatMap(([name, facts]) => {
    const kinds: Readonly<Record<string, AuthKind<never>>> = AUTH_KINDS;
    return Object.hasOwn(kinds, name) ? (kinds[name]?.secrets(facts as never) ?? []) : [];
  });
}

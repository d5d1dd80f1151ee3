import { known } from '../../known.ts';
import type { AuthKind } from './auth-kind.ts';
import { AUTH_KINDS } from './index.ts';

/** What a request says of who sends it. */
export interface Login {
  /** Names of the secrets that it shows. */
  secrets: string[];
  headers(valueOf: (name: string) => string): Record<string, string>;
  query(valueOf: (name: string) => string): Record<string, string>;
}

/** The login that a definition names: under the name of its kind, its facts. @throws WORKER_TOO_OLD */
export function loginOf(auth: Readonly<Record<string, object>> = {}): Login {
  const [name, facts] = Object.entries(auth)[0] ?? [];
  if (name === undefined) return { secrets: [], headers: () => ({}), query: () => ({}) };
  const kind: AuthKind<never> = known(AUTH_KINDS, name, 'http.auth');
  return {
    secrets: kind.secrets(facts as never),
    headers: (valueOf) => kind.headers(facts as never, valueOf),
    query: (valueOf) => kind.query(facts as never, valueOf),
  };
}

/** Parameters of the query by which a login is sent. */
export function loginParams(auth?: Readonly<Record<string, object>>): string[] {
  return Object.keys(loginOf(auth).query(() => ''));
}

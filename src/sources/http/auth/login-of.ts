import { known } from '../../known.ts';
import type { AuthKind, TokenRequest, ValueOf } from './auth-kind.ts';
import { AUTH_KINDS } from './index.ts';

/** What a request says of who sends it. */
export interface LoginOf {
  /** Names of the secrets that it shows. */
  secrets: string[];
  /** Names of the settings that it needs. */
  settings: string[];
  /** Asks for the token that `headers` are given; undefined where they need none. */
  token: ((valueOf: ValueOf) => TokenRequest) | undefined;
  headers(valueOf: ValueOf, token: string): Record<string, string>;
  query(valueOf: ValueOf): Record<string, string>;
}

/** The login that a definition names: under the name of its kind, its facts. @throws WORKER_TOO_OLD */
export function loginOf(auth: Readonly<Record<string, object>> = {}): LoginOf {
  const [name, facts] = Object.entries(auth)[0] ?? [];
  if (name === undefined) {
    return { secrets: [], settings: [], token: undefined, headers: () => ({}), query: () => ({}) };
  }
  const kind: AuthKind<never> = known(AUTH_KINDS, name, 'http.auth');
  const asked = kind.token;
  return {
    secrets: kind.secrets(facts as never),
    settings: kind.settings?.(facts as never) ?? [],
    token: asked && ((valueOf) => asked(facts as never, valueOf)),
    headers: (valueOf, token) => kind.headers(facts as never, valueOf, token),
    query: (valueOf) => kind.query(facts as never, valueOf),
  };
}

/** Parameters of the query by which a login is sent. */
export function loginParams(auth?: Readonly<Record<string, object>>): string[] {
  return Object.keys(loginOf(auth).query(() => ''));
}

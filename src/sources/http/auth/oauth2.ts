import { z } from 'zod';
import type { Report } from '../../../define/declared.ts';
import { join, readOptions, text, wants } from '../../../define/options.ts';
import { readSecret, type Secret } from '../../../define/secret.ts';
import { operational } from '../../../definition/facts.ts';
import { settingsIn } from '../../placeholders.ts';
import { checkTokenUrl } from './token-url.ts';
import type { AuthKind, TokenRequest, ValueOf } from './auth-kind.ts';

/**
 * A program of its own, which asks for a token by its id and secret (RFC 6749 §4.4, client credentials).
 *
 * @example { url: '{ADS_URL}/oauth/token', id: secret('ADS_ID'), secret: secret('ADS_SECRET') }
 */
export interface Oauth2Options {
  /** Where tokens are given; a setting of the worker's environment may stand in it. */
  url: string;
  /** The id of the program. */
  id: Secret;
  /** Its secret. */
  secret: Secret;
  /** What the token is to be good for, words with blanks between them. Default: what the other side gives. */
  scope?: string;
  /** What else is sent with it, as `{ audience: 'https://api.example' }`. Default: nothing. */
  params?: Record<string, string>;
  /** How id and secret are sent: in the body, or as user and password of `'basic'`. Default 'body'. */
  send?: 'body' | 'basic';
}

export interface Oauth2 {
  url: string;
  id: string;
  secret: string;
  scope?: string;
  params?: Record<string, string>;
  send?: 'body' | 'basic';
}

const OPTIONS = {
  url: text("the address of its tokens, such as '{ADS_URL}/oauth/token'"),
  id: z.unknown(),
  secret: z.unknown(),
  scope: text("words such as 'read:orders'").optional(),
  params: z
    .record(z.string(), text('a text'), wants('an object of texts', "{ audience: 'https://api.example' }"))
    .optional(),
  send: z.enum(['body', 'basic'], wants('a way to send them', "'body' or 'basic'")).optional(),
};

/** `Authorization: Bearer …`, with a token that is asked for, kept while it holds, and asked for again after a 401. */
export const oauth2 = {
  read(options: Oauth2Options, path: string, report: Report): Oauth2 | undefined {
    const { id, secret, url, ...more } = readOptions(OPTIONS, options, path, report);
    const names = {
      id: readSecret(id, join(path, 'id'), report),
      secret: readSecret(secret, join(path, 'secret'), report),
    };
    if (url !== undefined) checkTokenUrl(url, join(path, 'url'), report);
    if (url === undefined || names.id === undefined || names.secret === undefined) return undefined;
    const { scope, params, send } = more;
    return {
      url,
      id: names.id,
      secret: names.secret,
      ...(scope === undefined ? {} : { scope }),
      ...(params === undefined ? {} : { params }),
      ...(send === undefined ? {} : { send }),
    };
  },
  example: "{ oauth2: { url: '{ADS_URL}/oauth/token', id: secret('ADS_ID'), secret: secret('ADS_SECRET') } }",
  facts: {
    url: operational(),
    id: operational(),
    secret: operational(),
    scope: operational(),
    params: operational(),
    send: operational({ default: 'body' }),
  },
  secrets: ({ id, secret }: Oauth2) => [id, secret],
  settings: ({ url }: Oauth2) => settingsIn(url),
  token({ url, id, secret, scope, params = {}, send }: Oauth2, valueOf: ValueOf): TokenRequest {
    const grant = { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }), ...params };
    const [user, password] = [valueOf(id), valueOf(secret)];
    const at = { token: 'access_token', expiresIn: 'expires_in' };
    if (send !== 'basic') {
      return { url, headers: {}, body: { form: { ...grant, client_id: user, client_secret: password } }, at };
    }
    // Encoded before they are joined: RFC 6749 §2.3.1.
    const login = [user, password].map((part) => encodeURIComponent(part)).join(':');
    const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    return { url, headers: { authorization }, body: { form: grant }, at };
  },
  headers: (_facts: Oauth2, _valueOf: ValueOf, token: string) => ({ authorization: `Bearer ${token}` }),
  query: () => ({}),
} satisfies AuthKind<Oauth2>;

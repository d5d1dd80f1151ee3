import { z } from 'zod';
import type { Report } from '../../../define/declared.ts';
import { isPlainObject, join, readOptions, text, wants } from '../../../define/options.ts';
import { isSecret, readSecret, type Secret } from '../../../define/secret.ts';
import { operational } from '../../../definition/facts.ts';
import { shown } from '../../../wording.ts';
import { bodyPath } from '../body-path.ts';
import { HEADER_NAME } from '../header-text.ts';
import { isSecretName, looksPasted } from '../pasted.ts';
import { settingsIn } from '../../placeholders.ts';
import { checkTokenUrl } from './token-url.ts';
import type { AuthKind, TokenRequest, ValueOf } from './auth-kind.ts';

/**
 * A POST that answers with a token, as many an API of a program that people log in to has it.
 *
 * @example { url: '{SHOP_URL}/login', json: { user: secret('SHOP_USER'), password: secret('SHOP_PASSWORD') } }
 */
export interface LoginOptions {
  /** Where one logs in; a setting of the worker's environment may stand in it. */
  url: string;
  /** The JSON that is sent: `{ username: secret('USER'), password: secret('PASSWORD'), provider: 'db' }`. */
  json: Record<string, Secret | string | number | boolean>;
  /** Path of the token in the answer, dots between keys. Default 'access_token'. */
  token?: string;
  /** The header by which requests show the token. Default 'Authorization'. */
  header?: string;
  /** What stands before the token there. Default 'Bearer '. */
  prefix?: string;
}

export interface Login {
  url: string;
  /** Values, and names of secrets. */
  json: Record<string, string | number | boolean | { secret: string }>;
  token?: string;
  header?: string;
  prefix?: string;
}

const EXAMPLE =
  "{ login: { url: '{SHOP_URL}/login', json: { user: secret('SHOP_USER'), password: secret('SHOP_PASSWORD') } } }";

const OPTIONS = {
  url: text("the address of the login, such as '{SHOP_URL}/login'"),
  json: z.unknown(),
  token: bodyPath("the path of the token, such as 'data.token'").optional(),
  header: z
    .string(wants('a header', "a name such as 'X-Session'"))
    .regex(HEADER_NAME, wants('a header', "a name such as 'X-Session'"))
    .optional(),
  prefix: z.string(wants('a text', "what stands before the token, such as 'Token '")).optional(),
};

/** A header with a token that a POST has given: it is kept, and asked for again after a 401. */
export const login = {
  read(options: LoginOptions, path: string, report: Report): Login | undefined {
    const { url, json, ...more } = readOptions(OPTIONS, options, path, report);
    const body = readBody(json, join(path, 'json'), report);
    if (url !== undefined) checkTokenUrl(url, join(path, 'url'), report);
    if (url === undefined || body === undefined) return undefined;
    const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
    return { url, json: body, ...given };
  },
  example: EXAMPLE,
  facts: {
    url: operational(),
    json: operational(),
    token: operational({ default: 'access_token' }),
    header: operational({ default: 'Authorization' }),
    prefix: operational({ default: 'Bearer ' }),
  },
  secrets: ({ json }: Login) =>
    Object.values(json).flatMap((value) => (typeof value === 'object' ? [value.secret] : [])),
  settings: ({ url }: Login) => settingsIn(url),
  token({ url, json, token = 'access_token' }: Login, valueOf: ValueOf): TokenRequest {
    const body = Object.entries(json).map(([name, value]) => [
      name,
      typeof value === 'object' ? valueOf(value.secret) : value,
    ]);
    return {
      ...{ url, headers: {}, body: { json: Object.fromEntries(body) as object } },
      at: { token, expiresIn: 'expires_in' },
    };
  },
  headers: ({ header = 'Authorization', prefix = 'Bearer ' }: Login, _valueOf: ValueOf, token: string) => ({
    [header]: `${prefix}${token}`,
  }),
  query: () => ({}),
} satisfies AuthKind<Login>;

/** Of what may be a secret itself a message never shows the value. */
function readBody(json: unknown, path: string, report: Report): Login['json'] | undefined {
  if (!isPlainObject(json) || isSecret(json)) {
    report(path, `is not an object; write auth: ${EXAMPLE}.`);
    return undefined;
  }
  const read = Object.entries(json).map(([name, value]) => {
    const own = join(path, name.slice(0, 80));
    if (isSecret(value)) return [name, { secret: readSecret(value, own, report) ?? '' }] as const;
    if (isSecretName(name) || (typeof value === 'string' && looksPasted(name, value))) {
      report(own, "looks like a secret, which would stand in the catalogue; write secret('SHOP_PASSWORD').");
    } else if (!['string', 'number', 'boolean'].includes(typeof value)) {
      report(
        own,
        `${shown(value)} cannot be sent; give a text, a number, true, false or secret('SHOP_USER').`,
      );
    }
    return [name, value as string] as const;
  });
  return Object.fromEntries(read) as Login['json'];
}

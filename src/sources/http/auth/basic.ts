import { z } from 'zod';
import type { Report } from '../../../define/declared.ts';
import { join, readOptions } from '../../../define/options.ts';
import { readSecret, type Secret } from '../../../define/secret.ts';
import { operational } from '../../../definition/facts.ts';
import type { AuthKind } from './auth-kind.ts';

/** A user and a password. */
export interface BasicOptions {
  /** The user, or the key that an API takes in its place. */
  user: Secret;
  /** The password. Default: an empty one. */
  password?: Secret;
}

export interface Basic {
  user: string;
  password?: string;
}

const OPTIONS = { user: z.unknown(), password: z.unknown() };

/** `Authorization: Basic …` (RFC 7617): user and password in UTF-8. */
export const basic = {
  read(options: BasicOptions, path: string, report: Report): Basic | undefined {
    const given = readOptions(OPTIONS, options, path, report);
    const user = readSecret(given.user, join(path, 'user'), report);
    const password =
      given.password === undefined ? undefined : readSecret(given.password, join(path, 'password'), report);
    if (user === undefined) return undefined;
    return { user, ...(password === undefined ? {} : { password }) };
  },
  example: "{ basic: { user: secret('WEATHER_USER'), password: secret('WEATHER_PASSWORD') } }",
  facts: { user: operational(), password: operational() },
  secrets: ({ user, password }: Basic) => [user, ...(password === undefined ? [] : [password])],
  headers: ({ user, password }: Basic, valueOf: (name: string) => string) => {
    const login = `${valueOf(user)}:${password === undefined ? '' : valueOf(password)}`;
    return { authorization: `Basic ${Buffer.from(login, 'utf8').toString('base64')}` };
  },
  query: () => ({}),
} satisfies AuthKind<Basic>;

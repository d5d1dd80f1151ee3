import type { Report } from '../../../define/declared.ts';
import { readSecret, type Secret } from '../../../define/secret.ts';
import { operational } from '../../../definition/facts.ts';
import type { AuthKind } from './auth-kind.ts';

export interface Bearer {
  secret: string;
}

/** `Authorization: Bearer …` (RFC 6750). */
export const bearer = {
  read(token: Secret, path: string, report: Report): Bearer | undefined {
    const secret = readSecret(token, path, report);
    return secret === undefined ? undefined : { secret };
  },
  example: "{ bearer: secret('WEATHER_TOKEN') }",
  facts: { secret: operational() },
  secrets: ({ secret }: Bearer) => [secret],
  headers: ({ secret }: Bearer, valueOf: (name: string) => string) => ({
    authorization: `Bearer ${valueOf(secret)}`,
  }),
  query: () => ({}),
} satisfies AuthKind<Bearer>;

import type { Report } from '../../../define/declared.ts';
import { join } from '../../../define/options.ts';
import { HEADER_NAME } from '../header-text.ts';
import type { AuthKind } from './auth-kind.ts';
import {
  NAMED_SECRETS_FACTS,
  readNamedSecrets,
  valuesOf,
  type NamedSecrets,
  type NamedSecretsFacts,
} from './named-secrets.ts';

const EXAMPLE = "{ header: { 'X-Api-Key': secret('WEATHER_TOKEN') } }";

/** Headers whose whole value is a secret: `X-Api-Key`, or `Authorization` of another kind than a bearer token. */
export const header = {
  read(headers: NamedSecrets, path: string, report: Report) {
    const facts = readNamedSecrets(headers, path, report, EXAMPLE);
    for (const name of Object.keys(facts?.secrets ?? {}).filter((given) => !HEADER_NAME.test(given))) {
      report(join(path, name.slice(0, 80)), 'cannot name a header; use letters, digits and dashes.');
    }
    return facts;
  },
  example: EXAMPLE,
  facts: NAMED_SECRETS_FACTS,
  secrets: ({ secrets }: NamedSecretsFacts) => Object.values(secrets),
  headers: valuesOf,
  query: () => ({}),
} satisfies AuthKind<NamedSecretsFacts>;

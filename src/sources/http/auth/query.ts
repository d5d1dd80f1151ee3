import type { Report } from '../../../define/declared.ts';
import type { AuthKind } from './auth-kind.ts';
import {
  NAMED_SECRETS_FACTS,
  readNamedSecrets,
  valuesOf,
  type NamedSecrets,
  type NamedSecretsFacts,
} from './named-secrets.ts';

const EXAMPLE = "{ query: { key: secret('WEATHER_TOKEN') } }";

/** Parameters of the query whose value is a secret: `?key=…`. No message and no log holds a query. */
export const query = {
  read: (parameters: NamedSecrets, path: string, report: Report) =>
    readNamedSecrets(parameters, path, report, EXAMPLE),
  example: EXAMPLE,
  facts: NAMED_SECRETS_FACTS,
  secrets: ({ secrets }: NamedSecretsFacts) => Object.values(secrets),
  headers: () => ({}),
  query: valuesOf,
} satisfies AuthKind<NamedSecretsFacts>;

import type { Report } from '../../../define/declared.ts';
import { isPlainObject, join } from '../../../define/options.ts';
import { readSecret, type Secret } from '../../../define/secret.ts';
import { operational } from '../../../definition/facts.ts';

/** Secrets by the name under which a request shows them: `{ 'X-Api-Key': secret('WEATHER_KEY') }`. */
export type NamedSecrets = Record<string, Secret>;

export interface NamedSecretsFacts {
  /** Names of secrets, by the name of the header or parameter. */
  secrets: Record<string, string>;
}

export const NAMED_SECRETS_FACTS = { secrets: operational() };

/** Reads them. What is given may be a secret itself, so a message never shows it. */
export function readNamedSecrets(
  options: NamedSecrets,
  path: string,
  report: Report,
  example: string,
): NamedSecretsFacts | undefined {
  const given: unknown = options;
  if (!isPlainObject(given) || Object.keys(given).length === 0) {
    report(path, `is not an object of secrets; give ${example}.`);
    return undefined;
  }
  const read = Object.entries(given).map(([name, value]) => [
    name,
    readSecret(value, join(path, name), report),
  ]);
  return { secrets: Object.fromEntries(read) as Record<string, string> };
}

/** The values by the name of the header or parameter. */
export function valuesOf(
  { secrets }: NamedSecretsFacts,
  valueOf: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, valueOf(secret)]));
}

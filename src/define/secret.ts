import type { Report } from './declared.ts';

const SECRET = Symbol.for('millrace.secret');

/** The name of a secret. Its value is read where it is used, inside an activity, and never written anywhere. */
export interface Secret {
  readonly [SECRET]: true;
  readonly name: string;
}

/** Names a secret of the worker's environment: `secret('WEATHER_TOKEN')`. Upper-case letters, digits and `_`. */
export function secret(name: string): Secret {
  return { [SECRET]: true, name };
}

/** What a setting or a secret of the worker's environment may be called. */
export const SETTING_NAME = /^[A-Z][A-Z0-9_]*$/;

/** Settings of millrace and of Temporal: their values are not for sources. */
export function isReserved(name: string): boolean {
  return /^(MILLRACE|TEMPORAL)_/.test(name);
}

/** The name in `secret('NAME')`. What is given in its place may be the secret itself, so a message never shows it. */
export function readSecret(value: unknown, path: string, report: Report): string | undefined {
  if (!isSecret(value)) {
    report(path, "is not a secret; give its name, such as secret('WEATHER_TOKEN').");
    return undefined;
  }
  const { name } = value;
  if (typeof name !== 'string' || !SETTING_NAME.test(name)) {
    report(path, "secret() takes a name in upper case, never the value; write secret('WEATHER_TOKEN').");
    return undefined;
  }
  if (isReserved(name)) {
    report(path, `'${name}' is a setting of millrace or Temporal itself; give the secret a name of its own.`);
    return undefined;
  }
  return name;
}

/** Is this what `secret` gave back? */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && SECRET in value;
}

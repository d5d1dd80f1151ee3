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

/** Is this what `secret()` gave back? */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && SECRET in value;
}

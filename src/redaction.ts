import { redactor, type Redact } from './redact.ts';

/** All that one process must not show, and the ways by which texts leave it. */
export interface Redaction {
  /** From now on these are hidden, too. */
  hide(secrets: Iterable<string | undefined>): void;
  /** A text without any of them. */
  text: Redact;
  /** Plain JSON of which no text holds any of them; its keys are ours. */
  json<T>(value: T): T;
  /** The error itself, with message, stack and causes without any of them. */
  error<T>(error: T): T;
}

/** @param secrets those that are known at the start, such as our own passwords */
export function redactionOf(secrets: Iterable<string | undefined>): Redaction {
  const known = new Set<string>();
  let redact: Redact | undefined;
  const text: Redact = (given) => (redact ??= redactor(known))(given);
  const redaction: Redaction = {
    hide(more) {
      for (const secret of more) {
        if (secret === undefined || known.has(secret)) continue;
        known.add(secret);
        redact = undefined;
      }
    },
    text,
    json: (value) => inJson(value, text) as typeof value,
    error: (error) => inError(error, text),
  };
  redaction.hide(secrets);
  return redaction;
}

function inJson(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => inJson(one, redact));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inJson(one, redact)]));
}

/** In place: who catches it goes by its class and its name. */
function inError<T>(error: T, redact: Redact): T {
  if (!(error instanceof Error)) return error;
  for (const name of ['stack', 'message'] as const) {
    const text = error[name];
    const hidden = text === undefined ? text : redact(text);
    // Some errors of the platform compute their message.
    if (hidden !== text)
      Object.defineProperty(error, name, { value: hidden, configurable: true, writable: true });
  }
  inError(error.cause, redact);
  return error;
}

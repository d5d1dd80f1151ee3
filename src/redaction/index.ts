import { isNativeError } from 'node:util/types';
import { redactor, type Redact } from './redact.ts';
import { shown } from '../wording.ts';

export { redactor, type Redact } from './redact.ts';

/** All that one process must not show, and the ways by which texts leave it. */
export interface Redaction {
  /** From now on these are hidden, too. */
  hide(secrets: Iterable<string | undefined>): void;
  /** A text without any of them. */
  text: Redact;
  /** Plain JSON of which no text holds any of them; its keys are ours. */
  json<T>(value: T): T;
  /**
   * What was thrown, with message, stack and causes without any of them: the error itself; a copy of one that cannot be
   * changed; a text in place of anything else.
   */
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
    error: (error) => inThrown(error, text) as typeof error,
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

/** What was thrown, or is a cause. Anything but an error has no class to keep: as a text, it is without secrets. */
function inThrown(thrown: unknown, redact: Redact, effects: readonly Error[] = []): unknown {
  if (thrown instanceof Error || isNativeError(thrown)) return inError(thrown, redact, [...effects, thrown]);
  if (typeof thrown !== 'object' && typeof thrown !== 'string') return thrown;
  const text = typeof thrown === 'string' ? thrown : jsonOf(thrown);
  const hidden = redact(text ?? shown(thrown));
  return hidden === text ? thrown : hidden;
}

/**
 * In place, or else a copy: who catches it goes by its class and its name.
 * @param chain the error, and before it those of which it is a cause
 */
function inError(error: Error, redact: Redact, chain: readonly Error[]): Error {
  const changes: PropertyDescriptorMap = {};
  for (const name of ['stack', 'message', 'cause'] as const) {
    const value = error[name];
    // Nobody who follows a circle of causes comes to its end, Temporal included.
    const hidden = chain.includes(value as Error) ? undefined : inThrown(value, redact, chain);
    // Some errors of the platform compute their message: what is assigned to it is lost.
    if (hidden !== value) changes[name] = { value: hidden, configurable: true, writable: true };
  }
  const isChanged = Object.entries(changes).every(([name, change]) =>
    Reflect.defineProperty(error, name, change),
  );
  if (isChanged) return error;
  const fields = { ...Object.getOwnPropertyDescriptors(error), ...changes };
  return Object.create(Object.getPrototypeOf(error) as object, fields) as Error;
}

/** undefined: it cannot be written, as it is within itself. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

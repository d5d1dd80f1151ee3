import type { Alternative } from '../../../define/one-of.ts';
import type { FactTable } from '../../../definition/facts.ts';

/** A way to say who sends a request. `Facts` hold names of secrets, never values. */
export interface AuthKind<Facts extends object> extends Alternative {
  /** The option as somebody writes it, for messages. */
  example: string;
  facts: FactTable;
  /** Names of the secrets that it needs. */
  secrets(facts: Facts): string[];
  /** Headers of a request. @param valueOf gives a secret's value by its name */
  headers(facts: Facts, valueOf: (name: string) => string): Record<string, string>;
  /** Parameters of a request's query. */
  query(facts: Facts, valueOf: (name: string) => string): Record<string, string>;
}

import type { Alternative } from '../../../define/one-of.ts';
import type { FactTable } from '../../../definition/facts.ts';

/** A way to say who sends a request. `Facts` hold names of secrets, never values. */
export interface AuthKind<Facts extends object> extends Alternative {
  /** The option as somebody writes it, for messages. */
  example: string;
  facts: FactTable;
  /** Names of the secrets that it needs. */
  secrets(facts: Facts): string[];
  /** Names of the settings that the address of its token needs. Absent: none. */
  settings?(facts: Facts): string[];
  /** How a token is asked for, where requests show one that the other side has given. Absent: they show secrets. */
  token?(facts: Facts, valueOf: ValueOf): TokenRequest;
  /** Headers of a request. @param token the one that `token` has asked for */
  headers(facts: Facts, valueOf: ValueOf, token: string): Record<string, string>;
  /** Parameters of a request's query. */
  query(facts: Facts, valueOf: ValueOf): Record<string, string>;
}

/** Gives the value of a secret or setting by its name. */
export type ValueOf = (name: string) => string;

/** What is sent for a token, and where the answer has it. */
export interface TokenRequest {
  /** With its settings still to be filled in. */
  url: string;
  headers: Record<string, string>;
  /** Sent by POST, as a form or as JSON. */
  body: { form: Record<string, string> } | { json: object };
  /** Paths in the answer: of the token, and of the seconds for which it holds. */
  at: { token: string; expiresIn: string };
}

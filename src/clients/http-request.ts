import type { PrivateHosts } from '../private-hosts.ts';
import type { Redaction } from '../redaction/index.ts';
import type { LimitedBy } from './http-limits.ts';
import type { Proxy } from './http-proxy.ts';

/** One request, with all that it goes by and all that a message says of it. */
export interface HttpRequest {
  /** What asks, for messages: "pull 'rates'". */
  subject: string;
  url: string;
  /** The address for messages, without login, query and what its settings hold. */
  address: string;
  query: Record<string, string>;
  /** Sent as a JSON body, by POST; absent: a GET. */
  json?: object;
  /** Sent as a form, by POST. */
  form?: Record<string, string>;
  headers: Record<string, string>;
  /** The names of the secrets that the other side is shown: messages speak of them. */
  secrets: readonly string[];
  /** Hides what the other side is shown, and may repeat, where its answer is quoted. */
  redaction: Redaction;
  /** What a message quotes of the answer: also without what the settings of the address hold. */
  quoted(text: string): string;
  /** How the other side says "not now", where that is not as most do. */
  limited?: LimitedBy | undefined;
  /** A status besides those of 2xx that is no failure. */
  alsoAccepted?: number | undefined;
  /** Of the whole request, from the search for the host to the last byte of the answer. */
  timeoutMs: number;
  /** undefined: the address is asked directly. */
  proxy?: Proxy | undefined;
  /** The hosts that may be asked although they are not public. */
  privateHosts: PrivateHosts;
  signal?: AbortSignal;
}

import type { LimitedBy } from '../../clients/http-limits.ts';
import type { Budget } from '../../store/budget.ts';
import { data, operational, type Facts } from '../../definition/facts.ts';
import { AUTH_KINDS } from './auth/index.ts';
import { formatFacts, type FormatFacts } from '../formats/index.ts';
import type { JsonBody } from './json-body.ts';
import { pageKind } from './pages/index.ts';

/** An HTTP source as plain JSON. */
export interface HttpFacts {
  /**
   * May hold placeholders for the interval, and settings of the worker's environment as `{UPPER_CASE}`, which are filled in
   * when a load runs: `{WEATHER_URL}/v1/observations`.
   */
  url: string;
  /** May hold placeholders for the interval: `{start}`, `{last.date}`. */
  query: Record<string, string>;
  headers: Record<string, string>;
  /** Sent as the body of a POST, with placeholders as in `query`. Absent: a GET. */
  json?: JsonBody;
  /** Under the name of its kind, the facts of one of `auth/`. Absent: millrace does not say who it is. */
  auth?: Record<string, object>;
  /** One of `formats/`. Absent: JSON. */
  format?: FormatFacts;
  /** Path to the list of records in the body, dots between keys; '' means that the body is the list. */
  records: string;
  /** The facts of one of `pages/`. Absent: one answer is all. */
  pages?: { kind: string };
  /** Keys and headers of an answer that look as if they spoke of pages, and do not. Absent: none. */
  notPages?: string[];
  /** Texts that mean that there is no value. Absent: none. */
  nulls?: string[];
  /** The status by which the API says that there are no rows. Absent: none. */
  noRows?: { status: number };
  /** How the API says "not now". Absent: as most do. */
  limited?: LimitedBy;
  /** How often its host may be asked. Absent: as often as it answers. */
  budget?: Budget;
  timeoutMs: number;
}

export const HTTP_DEFAULTS = {
  query: {},
  headers: {},
  format: 'json',
  records: '',
  timeoutMs: 30_000,
} as const;

/** What each fact of an HTTP source decides. */
export const HTTP_FACTS: Facts<HttpFacts> = {
  url: data(),
  query: data({ default: HTTP_DEFAULTS.query }),
  headers: data({ default: HTTP_DEFAULTS.headers }),
  json: data(),
  auth: operational({ inside: authFacts }),
  format: data({ default: HTTP_DEFAULTS.format, inside: formatFacts }),
  nulls: data(),
  noRows: data(),
  limited: operational(),
  budget: operational(),
  records: data({ default: HTTP_DEFAULTS.records }),
  pages: data({ inside: pageFacts }),
  // What loads at all loads the same rows.
  notPages: operational(),
  timeoutMs: operational({ default: HTTP_DEFAULTS.timeoutMs }),
};

function authFacts() {
  const kinds = Object.entries(AUTH_KINDS);
  return Object.fromEntries(kinds.map(([name, { facts }]) => [name, operational({ inside: () => facts })]));
}

function pageFacts(pages: object) {
  const kind = 'kind' in pages ? String(pages.kind) : '';
  return { kind: data(), ...pageKind(kind)?.facts };
}

import { proxyFor } from '../../clients/http-proxy.ts';
import type { HttpRequest } from '../../clients/http-request.ts';
import { secretOf, loginSecretsIn } from '../../clients/url-password.ts';
import type { OutsideDeps } from '../../load/deps.ts';
import { MillraceError } from '../../errors.ts';
import { PRIVATE_HOSTS, privateHostsIn } from '../../private-hosts.ts';
import { redactor } from '../../redaction/index.ts';
import type { TableRow } from '../../definition/table-row.ts';
import { cutTo, shown } from '../../wording.ts';
import type { TokenRequest, ValueOf } from './auth/auth-kind.ts';
import { loginOf } from './auth/login-of.ts';
import { HTTP_DEFAULTS, type HttpFacts } from './facts.ts';
import { formatOf } from '../formats/index.ts';
import { addressAt } from './pages/link-to.ts';
import type { PageRequest } from './pages/page-kind.ts';
import { filledInJson, mapTexts, withValueAt, type JsonBody } from './json-body.ts';
import { filled, settingsIn, withSettings, type Meant } from '../placeholders.ts';
import { heldIn, shownAddress } from './shown-address.ts';

/** One page of a pull. */
export interface PageOfPull extends HttpRequest {
  /** The definition's own address, filled in: `url` may be a link that an answer gave. */
  base: string;
}

/** Which interval of which pull is asked for, and for which row of `forEach`. */
export interface Subject extends Meant {
  pull: string;
}

/** What a request takes of a load. */
type Shown = Pick<OutsideDeps, 'secret' | 'redaction'>;

/**
 * What is asked of an API for one page of an interval.
 *
 * @param deps have the values of settings and secrets; what the API is shown is hidden from then on
 * @param token the one that its login shows, where it shows one
 * @throws SECRET_MISSING naming every setting and secret that the worker does not have · CONFIG_INVALID of a proxy, of
 *   MILLRACE_PRIVATE_HOSTS, or of two logins
 */
export function requestOf(
  facts: HttpFacts,
  subject: Subject,
  page: PageRequest,
  { secret, redaction }: Shown,
  token = '',
): PageOfPull {
  const { pull, interval } = subject;
  const login = loginOf(facts.auth);
  const values = valuesOf(pull, [...settingsIn(facts.url), ...login.secrets], secret);
  const valueOf = (name: string) => values.get(name) ?? '';
  const address = filled(facts.url, subject, asSegment);
  const url = withSettings(address, valueOf);
  refuseTwoLogins(pull, facts, url);
  return {
    ...addressed(url, address, { secrets: login.secrets, valueOf, secret, redaction }),
    subject: `pull '${pull}' ${interval.start}${rowText(subject.row)}`,
    url: page.link === undefined ? url : addressAt(url, page.link),
    base: url,
    query: { ...ownQuery(facts, page, subject), ...login.query(valueOf) },
    ...(facts.json === undefined ? {} : { json: ownBody(facts.json, page, subject) }),
    headers: {
      accept: formatOf(facts.format, 'http.format').accept,
      ...facts.headers,
      ...login.headers(valueOf, token),
    },
    limited: facts.limited,
    alsoAccepted: facts.noRows?.status,
    timeoutMs: facts.timeoutMs ?? HTTP_DEFAULTS.timeoutMs,
  };
}

/**
 * What is asked of an API for the token that its login shows; undefined where it shows none.
 * @throws as {@link requestOf}
 */
export function tokenRequestOf(
  facts: HttpFacts,
  { pull, interval }: Subject,
  { secret, redaction }: Shown,
): { asked: TokenRequest; request: HttpRequest } | undefined {
  const login = loginOf(facts.auth);
  if (login.token === undefined) return undefined;
  const values = valuesOf(pull, [...login.settings, ...login.secrets], secret);
  const valueOf = (name: string) => values.get(name) ?? '';
  const asked = login.token(valueOf);
  const url = withSettings(asked.url, valueOf);
  // As Basic authentication sends them.
  redaction.hide(Object.values(asked.headers).map((value) => value.replace(/^Basic /, '')));
  return {
    asked,
    request: {
      ...addressed(url, asked.url, { secrets: login.secrets, valueOf, secret, redaction }),
      ...asked.body,
      subject: `pull '${pull}' ${interval.start}, login`,
      url,
      query: {},
      headers: { accept: 'application/json', ...asked.headers },
      timeoutMs: facts.timeoutMs ?? HTTP_DEFAULTS.timeoutMs,
    },
  };
}

/**
 * By which way an address is asked, and how messages speak of it. What the other side is shown is hidden from then on.
 * @param address the same with its settings still to be filled in
 */
function addressed(
  url: string,
  address: string,
  { secrets, valueOf, secret, redaction }: Shown & { secrets: string[]; valueOf: ValueOf },
): Pick<HttpRequest, 'address' | 'secrets' | 'redaction' | 'quoted' | 'proxy' | 'privateHosts'> {
  const proxy = proxyFor(url, secret);
  redaction.hide([...secrets.map(valueOf), ...loginSecretsIn(url), proxy?.auth && secretOf(proxy.auth)]);
  return {
    address: shownAddress(address, valueOf),
    secrets,
    redaction,
    // Words such as `rates`, which a path may hold, are no secrets elsewhere.
    quoted: (text) => redactor(heldIn(address, valueOf))(redaction.text(text)),
    proxy,
    privateHosts: privateHostsIn(secret(PRIVATE_HOSTS)),
  };
}

/** Which row of `forEach` a message speaks of; '' where there is none. */
function rowText(row: TableRow | undefined): string {
  return row === undefined ? '' : `, for ${cutTo(100, JSON.stringify(row))}`;
}

/** A column's value as a part of a path. Dots alone would lead out of it, in whatever spelling. */
function asSegment(value: string): string {
  if (!/^\.*$/.test(value)) return encodeURIComponent(value);
  throw new MillraceError(
    'FOR_EACH_INVALID',
    `A column of forEach is ${shown(value)}, which cannot stand in an address; leave such rows out with WHERE.`,
  );
}

/** The definition's own, and what names the page; a link to a page has all of it in itself. */
function ownQuery(
  { query, json }: HttpFacts,
  { link, params = {} }: PageRequest,
  subject: Subject,
): Record<string, string> {
  if (link !== undefined) return {};
  const own = Object.entries(query).map(([name, value]) => [name, filled(value, subject)]);
  const page = json === undefined ? Object.entries(params).map(([name, value]) => [name, String(value)]) : [];
  return Object.fromEntries([...own, ...page]) as Record<string, string>;
}

function ownBody(json: JsonBody, { params = {} }: PageRequest, subject: Subject): JsonBody {
  const own = mapTexts(json, (text) => filledInJson(text, subject)) as JsonBody;
  return Object.entries(params).reduce((body, [name, value]) => withValueAt(body, name, value), own);
}

/** An address that holds `user:password@` is sent as a login of its own, in place of that of the definition. */
function refuseTwoLogins(pull: string, { url, auth }: HttpFacts, filled: string): void {
  if (auth === undefined || loginSecretsIn(filled).length === 0) return;
  const settings = settingsIn(url);
  const where = settings.length === 0 ? 'its url' : `the value of ${settings.join(' or ')}`;
  throw new MillraceError(
    'CONFIG_INVALID',
    `pull '${pull}' has two logins: ${where} holds one before the '@', and the definition gives auth. Only one can be sent: take the other out, then run the interval again.`,
    { context: { pull } },
  );
}

function valuesOf(
  pull: string,
  names: string[],
  secret: (name: string) => string | undefined,
): Map<string, string> {
  const values = new Map(names.map((name) => [name, secret(name) ?? '']));
  const missing = [...values.keys()].filter((name) => values.get(name) === '');
  if (missing.length === 0) return values;
  const them = missing.length > 1 ? 'them' : 'it';
  const lines = missing.map((name) => `${name}=…`).join(' and ');
  throw new MillraceError(
    'SECRET_MISSING',
    `pull '${pull}' needs ${missing.join(' and ')}, and the worker does not have ${them}. Put ${lines} into .env beside the worker (no restart) or into its environment, then run the interval again.`,
    { context: { pull, names: missing } },
  );
}

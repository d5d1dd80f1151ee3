import type { HttpRequest } from '../clients/http.ts';
import type { HttpSource, PullDefinition } from '../definition/definition.ts';
import { MillraceError } from '../errors.ts';
import type { Load } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';

/** `{WEATHER_URL}` in an address stands for a setting of the machine that runs the worker. */
const SETTING = /\{([A-Z][A-Z0-9_]*)\}/g;

/**
 * What is asked of a pull's vendor for one page of an interval. `{start}` and `{end}` are RFC 3339 in UTC.
 * @throws SECRET_MISSING naming every setting and secret that the worker does not have
 */
export function pageRequest(
  { secret }: Pick<ActivityDeps, 'secret'>,
  { name, http }: PullDefinition,
  { interval }: Load,
  cursor: string | undefined,
): HttpRequest {
  const values = valuesOf(name, http, secret);
  const fill = (text: string) => text.replaceAll('{start}', interval.start).replaceAll('{end}', interval.end);
  const query = Object.fromEntries(Object.entries(http.query).map(([key, value]) => [key, fill(value)]));
  if (http.pages && cursor !== undefined) query[http.pages.param] = cursor;
  const token = http.auth?.bearer.secret;
  return {
    subject: `pull '${name}' ${interval.start}`,
    url: fill(http.url.replaceAll(SETTING, (_, setting: string) => values.get(setting) ?? '')),
    query,
    headers: {
      ...http.headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${values.get(token)}` }),
    },
    ...(token === undefined ? {} : { tokenName: token }),
    timeoutMs: http.timeoutMs,
  };
}

function valuesOf(pull: string, http: HttpSource, secret: ActivityDeps['secret']): Map<string, string> {
  const names = [...http.url.matchAll(SETTING)].flatMap(([, setting]) => setting ?? []);
  if (http.auth) names.push(http.auth.bearer.secret);
  const values = new Map(names.map((name) => [name, secret(name) ?? '']));
  const missing = [...values.keys()].filter((name) => values.get(name) === '');
  if (missing.length === 0) return values;
  throw new MillraceError(
    'SECRET_MISSING',
    `pull '${pull}' needs ${missing.join(' and ')}, and the worker does not have ${missing.length > 1 ? 'them' : 'it'}. Put ${missing.map((name) => `${name}=…`).join(' and ')} into .env beside the worker (no restart) or into its environment, then run the interval again.`,
    { context: { pull, names: missing } },
  );
}

import axios, { type AxiosResponse } from 'axios';
import { durationText } from '../define/duration.ts';
import { MillraceError, messageOf } from '../errors.ts';
import { withoutTokens } from '../token-shapes.ts';
import { isPassing, pauseMs } from './http-limits.ts';

export interface HttpRequest {
  /** What asks, for messages: "pull 'weather'". */
  subject: string;
  url: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  /** The secrets that the other side is shown, by their names: messages speak of the names, and never hold a value. */
  secrets: ReadonlyMap<string, string>;
  timeoutMs: number;
  signal?: AbortSignal;
}

const MIB = 1024 * 1024;
/** A page is held in memory once: beyond this it is refused. */
const MAX_BODY_BYTES = 64 * MIB;

/** A whole answer with a status of 2xx, and the words in which a message speaks of it. */
export interface HttpAnswer {
  body: Buffer;
  /** By their names in lower case; those that came more than once joined by commas. */
  headers: Record<string, string>;
  contentType: string;
  /** Who asked, and for which address: `pull 'weather' …: https://weather.example/v1`. */
  place: string;
  /** Without its query. */
  address: string;
  /** `: ` and the start of the body on one line, without secrets; '' for an empty one. */
  excerpt: string;
}

/**
 * GETs one answer of an outside system.
 *
 * Redirects are not followed: they would carry the secrets to another host. Messages hold the URL without its
 * query, and no header.
 * @throws HTTP_STATUS, HTTP_UNREACHABLE, HTTP_BODY_INVALID of a body that was cut (retried) · HTTP_REFUSED,
 *   HTTP_BODY_INVALID of one that is too large (not retried)
 */
export async function get(request: HttpRequest): Promise<HttpAnswer> {
  const response = await send(request);
  refuseStatus(request, response);
  const address = addressOf(request);
  return {
    body: response.data,
    headers: headersOf(response),
    contentType: String(response.headers['content-type'] ?? 'none'),
    place: `${request.subject}: ${address}`,
    address,
    excerpt: shown(request, response.data),
  };
}

function headersOf({ headers }: AxiosResponse<Buffer>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

/** The address for a message: a user, a password or a query of it may hold a key. */
function addressOf({ url }: HttpRequest): string {
  if (!URL.canParse(url)) return 'an address that cannot be read';
  const { origin, pathname } = new URL(url);
  return withoutTokens(`${origin}${pathname}`);
}

async function send(request: HttpRequest): Promise<AxiosResponse<Buffer>> {
  try {
    return await axios.get<Buffer>(request.url, {
      params: request.query,
      headers: { 'user-agent': 'millrace', ...request.headers },
      responseType: 'arraybuffer',
      timeout: request.timeoutMs,
      maxRedirects: 0,
      maxContentLength: MAX_BODY_BYTES,
      validateStatus: () => true,
      proxy: false,
      ...(request.signal ? { signal: request.signal } : {}),
    });
  } catch (error) {
    throw unreachable(request, error);
  }
}

function unreachable(request: HttpRequest, error: unknown): MillraceError {
  const code = axios.isAxiosError(error) ? error.code : undefined;
  const where = `${request.subject}: ${addressOf(request)}`;
  if (messageOf(error).startsWith('maxContentLength')) {
    const said = `${where} sent more than ${MAX_BODY_BYTES / MIB} MiB in one answer. Ask for smaller pages in the query, or for shorter intervals with 'every'.`;
    return new MillraceError('HTTP_BODY_INVALID', said, {
      retryable: false,
      context: { url: addressOf(request) },
    });
  }
  // axios gives a body that ends before its Content-Length, or a cut chunk, as one of these.
  if (
    code === 'ERR_BAD_RESPONSE' ||
    code === 'ECONNRESET' ||
    messageOf(error) === 'stream has been aborted'
  ) {
    return new MillraceError(
      'HTTP_BODY_INVALID',
      `${where} ended before its body was whole (${messageOf(error)}). Nothing of it was used; the page is asked for again.`,
      { context: { url: addressOf(request) } },
    );
  }
  return new MillraceError(
    'HTTP_UNREACHABLE',
    `${where} did not answer: ${messageOf(error)}. Check the address and that the system is up; the table keeps its last good rows.`,
    { context: { url: addressOf(request), code } },
  );
}

function refuseStatus(request: HttpRequest, response: AxiosResponse<Buffer>): void {
  const { status } = response;
  if (status >= 200 && status < 300) return;
  const said = shown(request, response.data);
  const where = `${request.subject}: ${addressOf(request)} answered ${status}`;
  const context = { url: addressOf(request), status };
  const limited = { status, headers: headersOf(response) };
  if (isPassing(limited)) throw passing(`${where}${said}`, context, pauseMs(limited));
  throw new MillraceError('HTTP_REFUSED', `${where}${said}. ${remedy(request, status)}`, { context });
}

/** Temporal ends a run at once whose next try would come after all its time. */
function passing(where: string, context: object, askedMs: number | undefined): MillraceError {
  if (askedMs === undefined) {
    const message = `${where}. It is asked again, for up to three hours; the table keeps its last good rows.`;
    return new MillraceError('HTTP_STATUS', message, { context: { ...context } });
  }
  const pause = durationText(Math.ceil(askedMs / 1_000) * 1_000);
  return new MillraceError(
    'HTTP_STATUS',
    `${where}. It asks for a pause of ${pause}, which it gets where the three hours of a run last as long; else run the interval again after that. The table keeps its last good rows.`,
    { context: { ...context }, retryAfterMs: askedMs },
  );
}

function remedy({ secrets }: HttpRequest, status: number): string {
  if (status === 401 || status === 403) {
    const names = [...secrets.keys()].join(' and ');
    if (secrets.size === 0)
      return 'If it wants a login, give `auth` in the definition; else check headers, query and rights.';
    return secrets.size === 1
      ? `Check the value of ${names} in .env or the worker's environment, and its rights.`
      : `Check the values of ${names} in .env or the worker's environment, and their rights.`;
  }
  if (status >= 300 && status < 400)
    return 'Redirects are not followed: put the final address into the definition.';
  return "Check the definition's url and query.";
}

/** The start of a body, on one line, for a message; one that repeats our secrets there is not quoted on them. */
function shown({ headers, secrets }: HttpRequest, body: Buffer): string {
  const encoded = Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .map(([, value]) => value.replace(/^\w+ /, ''));
  const whole = [...encoded, ...secrets.values()].reduce(
    (text, secret) => text.replaceAll(secret, '***'),
    Buffer.from(body).toString('utf8', 0, 4_000),
  );
  const text = whole.slice(0, 200).replaceAll(/\s+/g, ' ').trim();
  return text === '' ? '' : `: ${text}`;
}

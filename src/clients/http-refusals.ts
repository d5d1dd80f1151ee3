import { durationText } from '../define/duration.ts';
import { MillraceError, messageOf } from '../errors.ts';
import { PRIVATE_HOSTS } from '../private-hosts.ts';
import { withoutTokens } from '../token-shapes.ts';
import { cutTo } from '../wording.ts';
import type { PrivateHost } from './http-hosts.ts';
import { isPassing, pauseMs, type LimitedAnswer } from './http-limits.ts';
import { ProxyRefusal } from './http-tunnel.ts';
import type { HttpRequest } from './http-request.ts';

/** Who asks, whom, and by which way: `pull 'rates' …: https://vendor.example/v1 (by way of http://proxy:3128)`. */
export function placeOf(request: HttpRequest): string {
  const { subject, proxy } = request;
  return `${subject}: ${addressOf(request)}${proxy === undefined ? '' : ` (by way of ${proxy.address})`}`;
}

/** The address for a message. */
export function addressOf({ address }: HttpRequest): string {
  return withoutTokens(address);
}

/** Of a body, what an excerpt is made of. */
export const LOOKED_AT_BYTES = 4_000;
const MAX_EXCERPT_LENGTH = 200;

/** `: ` and the start of a body, on one line; '' for an empty one. */
export function excerptOf(request: HttpRequest, body: Buffer): string {
  // Hidden before it is cut: of a secret that begins just before the cut, two letters would stay for good.
  const start = request.quoted(body.toString('utf8', 0, LOOKED_AT_BYTES));
  const text = cutTo(MAX_EXCERPT_LENGTH, start.replaceAll(/\s+/g, ' ').trim());
  return text === '' ? '' : `: ${text}`;
}

/** An answer with a status other than 2xx. @returns HTTP_STATUS (retried) · HTTP_REFUSED */
export function statusRefusal(
  request: HttpRequest,
  answer: { status: number; headers: Record<string, string>; body: Buffer },
): MillraceError {
  const { status, body } = answer;
  const { limited } = request;
  const where = `${placeOf(request)} answered ${status}${excerptOf(request, body)}`;
  const context = { url: addressOf(request), status };
  if (isPassing(answer, limited)) return passing(where, context, pauseMs(answer, limited));
  return new MillraceError('HTTP_REFUSED', `${where}. ${remedy(request, answer)}`, { context });
}

/** Temporal ends a run at once whose next try would come after all its time. */
function passing(
  where: string,
  context: Record<string, unknown>,
  askedMs: number | undefined,
): MillraceError {
  if (askedMs === undefined) {
    const message = `${where}. It is asked again, for up to three hours; the table keeps its last good rows.`;
    return new MillraceError('HTTP_STATUS', message, { context });
  }
  const pause = durationText(Math.ceil(askedMs / 1_000) * 1_000);
  const until = new Date(Date.now() + askedMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return new MillraceError(
    'HTTP_STATUS',
    `${where}. It asks for a pause of ${pause}, until ${until}. The run asks again then. If its three hours end earlier, it fails: run the interval again after that time. The table keeps its last good rows.`,
    { context, retryAfterMs: askedMs },
  );
}

function remedy(request: HttpRequest, { status, headers }: LimitedAnswer): string {
  if (status === 401 || status === 403) return loginRemedy(request);
  if (status === 407) return proxyLoginRemedy(request);
  if (status >= 300 && status < 400)
    return `Redirects are not followed: put the final address into the definition${redirect(request, headers)}.`;
  return "Check the definition's url and query.";
}

/** `: https://new.example/v1/rates`. Without its query, which may hold a token. */
function redirect(request: HttpRequest, { location }: Record<string, string>): string {
  const base = URL.canParse(request.url) ? request.url : undefined;
  if (location === undefined || !URL.canParse(location, base)) return '';
  const { origin, pathname } = new URL(location, base);
  return `: ${withoutTokens(request.quoted(`${origin}${pathname}`))}`;
}

function loginRemedy({ secrets }: HttpRequest): string {
  const names = secrets.join(' and ');
  if (secrets.length === 0)
    return 'If it wants a login, give `auth` in the definition; else check headers, query and rights.';
  return secrets.length === 1
    ? `Check the value of ${names} in .env or the worker's environment, and its rights.`
    : `Check the values of ${names} in .env or the worker's environment, and their rights.`;
}

function proxyLoginRemedy({ proxy }: HttpRequest): string {
  const variable = proxy?.variable ?? 'HTTPS_PROXY';
  return `The proxy wants a login: check user and password in ${variable}, as http://user:password@proxy.example:3128.`;
}

/** A host that is not public. Nothing was sent to it. */
export function privateRefusal(request: HttpRequest, { host, address, kind }: PrivateHost): MillraceError {
  const name = withoutTokens(host);
  const isWhere =
    address === undefined || address === host ? `${name} is ${kind}` : `${name} is at ${address}, ${kind}`;
  const { entries } = request.privateHosts;
  const setting = `${PRIVATE_HOSTS}=${[...entries, asEntry(name)].join(',')}`;
  const which = entries.length === 0 ? '' : `, which adds ${name} to what is allowed now,`;
  return new MillraceError(
    'HTTP_HOST_PRIVATE',
    `${placeOf(request)} was not asked: ${isWhere}, and pulls ask public addresses alone. If it is meant, put ${setting}${which} into .env beside the worker (no restart), then run the interval again.`,
    { context: { url: addressOf(request), host: name, address, kind } },
  );
}

function asEntry(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** An answer that was not whole when its time was over. */
export function late(request: HttpRequest): MillraceError {
  return new MillraceError(
    'HTTP_UNREACHABLE',
    `${placeOf(request)} did not answer in full within ${durationText(request.timeoutMs)}. It is asked again; if it needs longer, give a longer 'timeout' or ask for smaller pages.`,
    { context: { url: addressOf(request), timeoutMs: request.timeoutMs } },
  );
}

/** An answer that is longer than any page. */
export function tooLarge(request: HttpRequest, maxBytes: number): MillraceError {
  const size = `${maxBytes / 1024 / 1024 / 1024} GiB`;
  return new MillraceError(
    'HTTP_BODY_INVALID',
    `${placeOf(request)} sent more than ${size} in one answer. Ask for smaller pages in the query, or for shorter intervals with 'every'.`,
    { retryable: false, context: { url: addressOf(request) } },
  );
}

/** A compressed body that cannot be expanded to its end. @returns HTTP_BODY_INVALID (retried) */
export function damaged(request: HttpRequest, error: unknown): MillraceError {
  return new MillraceError(
    'HTTP_BODY_INVALID',
    `${placeOf(request)} sent a compressed body: ${messageOf(error)}. Nothing of it was used; the page is asked for again.`,
    { cause: error, context: { url: addressOf(request) } },
  );
}

/** No whole answer. @returns HTTP_UNREACHABLE, HTTP_BODY_INVALID (retried) · HTTP_REFUSED of a proxy */
export function unreachable(request: HttpRequest, error: unknown): MillraceError {
  const code: unknown = error instanceof Error && Reflect.get(error, 'code');
  const where = placeOf(request);
  const url = addressOf(request);
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof ProxyRefusal && cause.status >= 400 && cause.status < 500) {
    const { status, message } = cause;
    const what = status === 407 ? proxyLoginRemedy(request) : 'Have it let requests to that host pass.';
    return new MillraceError('HTTP_REFUSED', `${where} was not reached: ${message}. ${what}`, {
      context: { url, status },
    });
  }
  // A body that ends before its Content-Length, or a cut chunk, is one of these.
  if (
    code === 'ERR_BAD_RESPONSE' ||
    code === 'ECONNRESET' ||
    messageOf(error) === 'stream has been aborted'
  ) {
    return new MillraceError(
      'HTTP_BODY_INVALID',
      `${where} ended before its body was whole (${messageOf(error)}). Nothing of it was used; the page is asked for again.`,
      { context: { url } },
    );
  }
  return new MillraceError(
    'HTTP_UNREACHABLE',
    `${where} did not answer: ${messageOf(error)}. Check the address and that the system is up; the table keeps its last good rows.`,
    { context: { url, code } },
  );
}

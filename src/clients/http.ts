import axios, { type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { agentsFor, guardedLookup, privateHostIn, refusePrivate } from './http-hosts.ts';
import { ACCEPTED_ENCODINGS, expanded, TooLarge } from './http-encoding.ts';
import {
  addressOf,
  damaged,
  excerptOf,
  late,
  placeOf,
  privateRefusal,
  statusRefusal,
  tooLarge,
  unreachable,
} from './http-refusals.ts';
import type { HttpRequest } from './http-request.ts';
import { Tunnel } from './http-tunnel.ts';

/** A page is held in memory once: beyond this it is refused. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** A whole answer with a status that is accepted as it came, and the words in which a message speaks of it. */
export interface HttpAnswer {
  status: number;
  body: Buffer;
  /** By their names in lower case; those that came more than once joined by commas. */
  headers: Record<string, string>;
  /** For a message. */
  contentType: string;
  /** Who asked, for which address, by which way: `pull 'rates' …: https://vendor.example/v1`. */
  place: string;
  /** Without its query. */
  address: string;
  /** `: ` and the start of the body on one line; '' for an empty one. Made, and redacted, when it is read. */
  readonly excerpt: string;
}

/**
 * Asks an outside system for one answer: by GET, or by POST where there is a body to send.
 *
 * Public addresses alone are asked, and what `privateHosts` allows. Redirects are not followed: they would carry the
 * secrets to another host. Messages hold the URL without its query, and no header that was sent.
 * @throws HTTP_STATUS, HTTP_UNREACHABLE, HTTP_BODY_INVALID of a body that was cut (retried) · HTTP_HOST_PRIVATE,
 *   HTTP_REFUSED, HTTP_BODY_INVALID of one that is too large (not retried)
 */
export async function ask(request: HttpRequest): Promise<HttpAnswer> {
  const response = await send(request);
  const { status } = response;
  const headers = headersOf(response);
  const isAccepted = (status >= 200 && status < 300) || status === request.alsoAccepted;
  // Of a refusal, what can be read of its body is enough.
  const body = await bodyOf(request, response, headers).catch((error: unknown) => {
    if (isAccepted) throw error;
    return response.data;
  });
  if (!isAccepted) throw statusRefusal(request, { status, headers, body });
  return {
    status,
    body,
    headers,
    contentType: request.quoted(headers['content-type'] ?? 'none'),
    place: placeOf(request),
    address: addressOf(request),
    // Of most answers nothing is said.
    get excerpt() {
      return excerptOf(request, body);
    },
  };
}

async function bodyOf(
  request: HttpRequest,
  { data }: AxiosResponse<Buffer>,
  headers: Record<string, string>,
): Promise<Buffer> {
  try {
    return await expanded(data, headers['content-encoding'], MAX_BODY_BYTES);
  } catch (error) {
    throw error instanceof TooLarge ? tooLarge(request, MAX_BODY_BYTES) : damaged(request, error);
  }
}

function headersOf({ headers }: AxiosResponse<Buffer>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

async function send(request: HttpRequest): Promise<AxiosResponse<Buffer>> {
  // axios' own timeout counts from byte to byte: an answer that drips would go on for ever.
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  try {
    refusePrivate(request.url, request.privateHosts, request.proxy !== undefined);
    return await axios.request<Buffer>({
      url: request.url,
      ...methodOf(request),
      params: request.query,
      headers: {
        'user-agent': 'millrace',
        'accept-encoding': ACCEPTED_ENCODINGS,
        ...contentType(request),
        ...request.headers,
      },
      responseType: 'arraybuffer',
      decompress: false,
      maxRedirects: 0,
      maxContentLength: MAX_BODY_BYTES,
      validateStatus: () => true,
      signal,
      ...wayTo(request, signal),
    });
  } catch (error) {
    const host = privateHostIn(error);
    if (host !== undefined) throw privateRefusal(request, host);
    if (timeout.aborted) throw late(request);
    throw isTooLarge(error) ? tooLarge(request, MAX_BODY_BYTES) : unreachable(request, error);
  }
}

function methodOf({ json, form }: HttpRequest): AxiosRequestConfig {
  if (form !== undefined) return { method: 'post', data: new URLSearchParams(form).toString() };
  return json === undefined ? { method: 'get' } : { method: 'post', data: JSON.stringify(json) };
}

function contentType({ json, form }: HttpRequest): Record<string, string> {
  if (form !== undefined) return { 'content-type': 'application/x-www-form-urlencoded' };
  return json === undefined ? {} : { 'content-type': 'application/json' };
}

/** axios would follow the environment by itself: by which way an address is asked is for the caller to say. */
function wayTo({ url, proxy, privateHosts }: HttpRequest, signal: AbortSignal): AxiosRequestConfig {
  if (proxy === undefined) {
    return { proxy: false, lookup: guardedLookup(url, privateHosts), ...agentsFor(privateHosts) };
  }
  // The proxy's own address is a setting of the operator: it may be anywhere.
  return /^https:/i.test(url) ? { proxy: false, httpsAgent: new Tunnel(proxy, signal) } : { proxy };
}

/** axios has no code of its own for it. */
function isTooLarge(error: unknown): boolean {
  return axios.isAxiosError(error) && error.message.startsWith('maxContentLength');
}

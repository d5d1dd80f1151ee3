import type { Readable } from 'node:stream';
import axios, { type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { isMillraceError } from '../errors.ts';
import { received, TooLarge, type Body } from './body.ts';
import { ACCEPTED_ENCODINGS, Damaged, expanded } from './expand.ts';
import { agentsFor, guardedLookup, privateHostIn, refusePrivate } from './http-hosts.ts';
import {
  addressOf,
  damaged,
  excerptOf,
  late,
  LOOKED_AT_BYTES,
  placeOf,
  privateRefusal,
  statusRefusal,
  tooLarge,
  unreachable,
} from './http-refusals.ts';
import type { HttpRequest } from './http-request.ts';
import { Tunnel } from './http-tunnel.ts';

/** What is longer is no answer for one interval. */
const MAX_BODY_BYTES = 1024 * 1024 * 1024;

/** Of a refusal, what a message or `limited` looks at. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** A whole answer with a status that is accepted, and the words in which a message speaks of it. */
export interface HttpAnswer {
  status: number;
  /** To be closed by whoever asked. */
  body: Body;
  /** By their names in lower case; those that came more than once joined by commas. */
  headers: Record<string, string>;
  /** Without secrets; 'none' where it does not say. */
  contentType: string;
  /** Who asked, for which address, by which way: `pull 'rates' …: https://vendor.example/v1`. */
  place: string;
  /** Without its query. */
  address: string;
  /** `: ` and the start of the body on one line, without secrets; '' for an empty one. */
  excerpt(): Promise<string>;
}

/**
 * Asks an outside system for one answer: by GET, or by POST where there is a body to send.
 *
 * Public addresses alone are asked, and what `privateHosts` allows. Redirects are not followed: they would carry the
 * secrets to another host. Messages hold the URL without its query, and no header that was sent.
 * @throws HTTP_STATUS, HTTP_UNREACHABLE, TEMPORARY_FILE_FAILED, HTTP_BODY_INVALID of a body that was cut (retried) ·
 *   HTTP_HOST_PRIVATE, HTTP_REFUSED, HTTP_BODY_INVALID of one that is too large (not retried)
 */
export async function ask(request: HttpRequest): Promise<HttpAnswer> {
  // axios' own timeout counts from byte to byte: an answer that drips would go on for ever.
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  try {
    refusePrivate(request.url, request.privateHosts, request.proxy !== undefined);
    return await answerOf(request, await send(request, signal));
  } catch (error) {
    if (isMillraceError(error)) throw error;
    const host = privateHostIn(error);
    if (host !== undefined) throw privateRefusal(request, host);
    if (timeout.aborted) throw late(request);
    if (error instanceof TooLarge) throw tooLarge(request, MAX_BODY_BYTES);
    throw error instanceof Damaged ? damaged(request, error) : unreachable(request, error);
  }
}

async function answerOf(request: HttpRequest, response: AxiosResponse<Readable>): Promise<HttpAnswer> {
  const { status } = response;
  const headers = headersOf(response);
  const chunks = expanded(response.data, headers['content-encoding']);
  if (!((status >= 200 && status < 300) || status === request.alsoAccepted)) {
    throw statusRefusal(request, { status, headers, body: await startOf(chunks, MAX_REFUSAL_BYTES) });
  }
  if (Number(headers['content-length']) > MAX_BODY_BYTES) {
    response.data.destroy();
    throw new TooLarge();
  }
  const body = await received(chunks, MAX_BODY_BYTES);
  return {
    status,
    body,
    headers,
    contentType: request.quoted(headers['content-type'] ?? 'none'),
    place: placeOf(request),
    address: addressOf(request),
    excerpt: async () => excerptOf(request, await startOf(body.chunks(), LOOKED_AT_BYTES)),
  };
}

/** As much of its beginning as can be read. */
async function startOf(chunks: AsyncIterable<Buffer>, bytes: number): Promise<Buffer> {
  const start: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of chunks) {
      start.push(chunk);
      length += chunk.byteLength;
      if (length >= bytes) break;
    }
  } catch {
    // What came before is enough for a message.
  }
  return Buffer.concat(start).subarray(0, bytes);
}

function headersOf({ headers }: AxiosResponse<Readable>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function send(request: HttpRequest, signal: AbortSignal): Promise<AxiosResponse<Readable>> {
  return axios.request<Readable>({
    url: request.url,
    ...methodOf(request),
    params: request.query,
    // axios' own leaves out parameters of some names, such as `constructor`.
    paramsSerializer: { serialize: () => queryText(request.query) },
    headers: {
      'user-agent': 'millrace',
      'accept-encoding': ACCEPTED_ENCODINGS,
      ...contentType(request),
      ...request.headers,
    },
    responseType: 'stream',
    decompress: false,
    maxRedirects: 0,
    validateStatus: () => true,
    signal,
    ...wayTo(request, signal),
  });
}

/** As axios writes it: with the marks plain that a query may hold, because some APIs read them no other way. */
function queryText(query: Record<string, string>): string {
  const written = (text: string) =>
    encodeURIComponent(text)
      .replaceAll(/%(3A|24|2C)/g, (mark) => decodeURIComponent(mark))
      .replaceAll('%20', '+');
  return Object.entries(query)
    .map(([name, value]) => `${written(name)}=${written(value)}`)
    .join('&');
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

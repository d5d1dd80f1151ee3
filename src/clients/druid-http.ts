import type { AxiosInstance, AxiosResponse } from 'axios';
import { z } from 'zod';
import { MillraceError, messageOf } from '../errors.ts';

/** One request to Druid. Throws DRUID_UNAVAILABLE where nothing answers; any status is an answer. */
export type Call = (request: {
  method: 'get' | 'post' | 'delete';
  url: string;
  data?: unknown;
  responseType?: 'json' | 'stream';
  timeout?: number;
  signal?: AbortSignal | undefined;
}) => Promise<AxiosResponse<unknown>>;

export function caller(http: AxiosInstance, url: string): Call {
  return async ({ signal, ...request }) => {
    try {
      return await http.request({ ...request, ...(signal ? { signal } : {}) });
    } catch (error) {
      throw unavailable(url, messageOf(error), error);
    }
  };
}

function unavailable(url: string, why: string, cause?: unknown): MillraceError {
  const text = `Druid at ${url} did not answer: ${why}. Is it up ('npx millrace stack status')? A worker tries again by itself.`;
  return new MillraceError('DRUID_UNAVAILABLE', text, { cause, context: { url } });
}

const druidError = z.object({ errorMessage: z.string().optional(), error: z.string().optional() });

/**
 * Turns Druid's own error answers into ours: 4xx of the query are final, capacity and server faults pass.
 * @throws DRUID_QUERY_INVALID, DRUID_UNAUTHORIZED · DRUID_UNAVAILABLE (retried)
 */
export function refused<T extends AxiosResponse<unknown>>(answer: T, url: string): T {
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (answer.status === 401 || answer.status === 403) throw unauthorized(url, answer.status);
  const said = druidError.safeParse(answer.data);
  const message = (said.success && (said.data.errorMessage ?? said.data.error)) || `HTTP ${answer.status}`;
  if (answer.status === 429 || answer.status >= 500 || answer.status === 404) throw unavailable(url, message);
  throw new MillraceError(
    'DRUID_QUERY_INVALID',
    `Druid at ${url} refused a request: ${firstClause(message)}`,
    {
      context: { url, status: answer.status },
    },
  );
}

/**
 * What Druid says of SQL up to the place of the mistake: `Received an unexpected token [FORM] (line 1, column 15)`.
 * Behind it stand up to 150 tokens that it would rather have read.
 */
export function firstClause(message: string): string {
  const placed = /^(?<what>[^]*?) \(line \[(?<line>\d+)\], column \[(?<column>\d+)\]\)/.exec(message)?.groups;
  if (placed === undefined) return message;
  return `${placed['what']} (line ${placed['line']}, column ${placed['column']})`;
}

function unauthorized(url: string, status: number): MillraceError {
  const why =
    status === 401 ? 'it wants a login (401 Unauthorized)' : 'this login may not do that (403 Forbidden)';
  return new MillraceError(
    'DRUID_UNAUTHORIZED',
    `Druid at ${url} did not let us in: ${why}. Set MILLRACE_DRUID_USERNAME and MILLRACE_DRUID_PASSWORD to a user with rights on datasources, supervisors and system tables.`,
    { context: { url, status } },
  );
}

/** The body of an answer; undefined for "there is no such thing". */
export function optional(answer: AxiosResponse<unknown>, url: string): unknown {
  return answer.status === 404 ? undefined : refused(answer, url).data;
}

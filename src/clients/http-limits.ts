/** What of an answer says "not now": its status, and its headers by their names in lower case. */
export interface LimitedAnswer {
  status: number;
  headers: Record<string, string>;
  body?: Buffer;
}

/** How one vendor says it, where that is not as most do. */
export interface LimitedBy {
  status: number;
  /** The header that says until when: seconds, a Unix time, a date. Its name in lower case. */
  header?: string;
  /** What stands in the body of such an answer. */
  says?: string;
}

/** Statuses that say "not now" (RFC 9110, RFC 6585); another 4xx says "not like this", save a 403 that is a limit. */
const PASSING = new Set([408, 425, 429]);

/** Statuses with which a vendor limits its callers. */
const LIMITING = new Set([403, 429, 503]);

const REMAINING = ['x-ratelimit-remaining', 'x-rate-limit-remaining', 'ratelimit-remaining'];
const RESET = ['x-ratelimit-reset', 'x-rate-limit-reset', 'ratelimit-reset', 'x-ratelimit-reset-after'];

/** Is it worth to ask again later? */
export function isPassing(answer: LimitedAnswer, own?: LimitedBy): boolean {
  const { status, headers } = answer;
  if (own !== undefined && isLimitedBy(answer, own)) return true;
  if (status >= 500 || PASSING.has(status)) return true;
  return status === 403 && (headers['retry-after'] !== undefined || resetOf(answer) !== undefined);
}

/**
 * For how long the vendor asks to be left alone, by its own clock: Retry-After (RFC 9110 §10.2.3) or, where the limit
 * is used up, the time of its reset.
 * @returns milliseconds; undefined: it does not say, or the time is over
 */
export function pauseMs(answer: LimitedAnswer, own?: LimitedBy): number | undefined {
  const { date = '' } = answer.headers;
  const clock = Date.parse(date);
  const nowMs = Number.isNaN(clock) ? Date.now() : clock;
  const ofOwn =
    own !== undefined && isLimitedBy(answer, own)
      ? until(answer.headers[own.header ?? ''], nowMs)
      : undefined;
  const asked = ofOwn ?? until(answer.headers['retry-after'], nowMs) ?? until(resetOf(answer), nowMs);
  return asked === undefined || asked <= 0 ? undefined : Math.min(asked, MAX_PAUSE_MS);
}

function isLimitedBy({ status, headers, body }: LimitedAnswer, own: LimitedBy): boolean {
  if (status !== own.status) return false;
  if (own.says !== undefined) return body?.includes(own.says) === true;
  return own.header === undefined || headers[own.header] !== undefined;
}

/** What is longer is nonsense, or as good as never. */
const MAX_PAUSE_MS = 30 * 86_400_000;

/** When the limit is reset, as the header has it; undefined where calls are left: then it is not what is wrong. */
function resetOf({ status, headers }: LimitedAnswer): string | undefined {
  const remaining = valueOf(headers, REMAINING);
  const isUsedUp = remaining === undefined || Number(remaining) === 0;
  return LIMITING.has(status) && isUsedUp ? valueOf(headers, RESET) : undefined;
}

function valueOf(headers: Record<string, string>, names: readonly string[]): string | undefined {
  const name = names.find((candidate) => headers[candidate] !== undefined);
  return name === undefined ? undefined : headers[name];
}

/** Seconds from now, Unix time in seconds or milliseconds (both as GitHub and others give it), or a date. */
function until(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  const atMs = number === undefined ? Date.parse(text) : momentOf(number, nowMs);
  return Number.isNaN(atMs) ? undefined : Math.ceil(atMs - nowMs);
}

function momentOf(number: number, nowMs: number): number {
  if (number >= 1e11) return number;
  return number >= 1e9 ? number * 1_000 : nowMs + number * 1_000;
}

import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../../../clients/http.ts';
import type { HttpRequest } from '../../../clients/http-request.ts';
import { valueAt } from '../../../definition/value-at.ts';
import { MillraceError } from '../../../errors.ts';
import { outlineOf } from '../../formats/outline.ts';
import type { TokenRequest } from './auth-kind.ts';

/** A token that the other side has given. */
interface Token {
  text: string;
  /** Unix ms; Infinity: it does not say. */
  endsMs: number;
}

/** Those of this process, by a hash of what they were asked with: the loads of a vendor share one. */
const kept = new Map<string, Promise<Token>>();

/** Is not used so shortly before its end: it might be over when it arrives. */
const MARGIN_MS = 30_000;

/**
 * The token that requests are to show: one that is kept, or a new one.
 *
 * @param refused one that the other side took no more
 * @param ask sends the request for it
 * @throws what `ask` throws · HTTP_LOGIN_INVALID where the answer has no token (not retried)
 */
export async function tokenFor(
  asked: TokenRequest,
  request: HttpRequest,
  ask: (request: HttpRequest) => Promise<HttpAnswer>,
  refused?: string,
): Promise<string> {
  const key = createHash('sha256')
    .update(JSON.stringify([request.url, asked]))
    .digest('hex');
  for (let held = kept.get(key); held !== undefined; held = kept.get(key)) {
    const known = await held.catch(() => undefined);
    if (known !== undefined && known.text !== refused && known.endsMs - MARGIN_MS > Date.now())
      return known.text;
    // Unless another load has asked anew while this one waited.
    if (kept.get(key) === held) break;
  }
  const fresh = newToken(asked, request, ask);
  kept.set(key, fresh);
  try {
    return (await fresh).text;
  } catch (error) {
    // Else every later load would fail with it.
    if (kept.get(key) === fresh) kept.delete(key);
    throw error;
  }
}

async function newToken(
  { at }: TokenRequest,
  request: HttpRequest,
  ask: (request: HttpRequest) => Promise<HttpAnswer>,
): Promise<Token> {
  const answer = await ask(request);
  const body = documentIn(answer);
  await answer.body.close();
  const text = valueAt(body, at.token);
  if (typeof text !== 'string' || text === '') {
    throw new MillraceError(
      'HTTP_LOGIN_INVALID',
      `${answer.place} answered without a token at '${at.token}'; the answer is ${body === undefined ? 'no JSON' : outlineOf(body)}. Check url and token of 'auth' in the definition.`,
      { context: { url: answer.address } },
    );
  }
  request.redaction.hide([text]);
  const seconds = Number(valueAt(body, at.expiresIn));
  return { text, endsMs: seconds > 0 ? Date.now() + seconds * 1_000 : Number.POSITIVE_INFINITY };
}

/** What is no JSON is no object with a token either. It may hold one in another form, so nothing of it is quoted. */
function documentIn({ body }: HttpAnswer): unknown {
  try {
    return JSON.parse(body.inMemory?.toString() ?? '') as unknown;
  } catch {
    return undefined;
  }
}

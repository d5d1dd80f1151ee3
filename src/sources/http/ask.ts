import type { HttpRequest } from '../../clients/http-request.ts';
import { ask as askApi, type HttpAnswer } from '../../clients/http.ts';
import { isMillraceError } from '../../errors.ts';
import type { OutsideDeps } from '../../load/deps.ts';
import { destinationOf } from '../../private-hosts.ts';
import type { Ask } from '../../load/source.ts';
import { tokenFor } from './auth/tokens.ts';
import type { HttpFacts } from './facts.ts';
import type { PageRequest } from './pages/page-kind.ts';
import { requestOf, tokenRequestOf, type PageOfPull } from './request.ts';

/**
 * Asks for one page: with a token, where the login shows one; with a new one where the API does not take it any more.
 * @throws the codes of `ask` and of `requestOf` · HTTP_LOGIN_INVALID
 */
export async function askLoggedIn(
  facts: HttpFacts,
  { definition, load, deps, row, signal }: Ask<OutsideDeps>,
  page: PageRequest,
): Promise<{ request: PageOfPull; answer: HttpAnswer }> {
  const { name: pull, calendar } = definition;
  const subject = { pull, interval: load.interval, calendar, row };
  const send = async (one: HttpRequest) => {
    const answer = await inTurn(facts, one, deps, signal, () => askApi({ ...one, signal }));
    deps.answered?.({ bytes: answer.body.bytes });
    return answer;
  };
  const asked = async (token?: string) => {
    const request = requestOf(facts, subject, page, deps, token);
    return { request, answer: await send(request) };
  };
  const login = tokenRequestOf(facts, subject, deps);
  if (login === undefined) return asked();
  const token = await tokenFor(login.asked, login.request, send);
  try {
    return await asked(token);
  } catch (error) {
    if (!isMillraceError(error, 'HTTP_REFUSED') || error.context['status'] !== UNAUTHORIZED) throw error;
    return asked(await tokenFor(login.asked, login.request, send, token));
  }
}

const UNAUTHORIZED = 401;

/** Sends a request when the budget of its host leaves a turn; where the host asks to be left alone, so do all others. */
async function inTurn(
  { budget }: HttpFacts,
  { url, timeoutMs }: HttpRequest,
  { turns }: OutsideDeps,
  signal: AbortSignal,
  send: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const destination = destinationOf(url);
  // What is no address, the request itself refuses.
  if (budget === undefined || turns === undefined || destination === undefined) return send();
  const { host, port } = destination;
  const vendor = port === 80 || port === 443 ? host : `${host}:${port}`;
  const turn = await turns.take(vendor, budget, { openForMs: timeoutMs, signal });
  let answer: HttpAnswer | undefined;
  let wasAnswered = true;
  try {
    answer = await send();
  } catch (error) {
    wasAnswered = isMillraceError(error) && error.context['status'] !== undefined;
    if (isMillraceError(error, 'HTTP_STATUS') && error.retryAfterMs !== undefined)
      await turns.pause(vendor, error.retryAfterMs);
    throw error;
  } finally {
    await turn.end(wasAnswered).catch(async (error: unknown) => {
      // Nobody else will have the answer.
      await answer?.body.close();
      throw error;
    });
  }
  return answer;
}

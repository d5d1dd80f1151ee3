import type { HttpAnswer } from '../../../clients/http.ts';
import { messageOf, MillraceError } from '../../../errors.ts';
import type { Format } from './format.ts';
import { NotThisFormat } from './not-this-format.ts';

/** One JSON document in UTF-8 (RFC 8259). */
export const json: Format = {
  accept: 'application/json',
  parse(answer, parseJson) {
    refuseType(answer);
    const text = textOf(answer, true);
    try {
      return parseJson(text);
    } catch (error) {
      const { place, address, body, excerpt } = answer;
      const found = `${place} sent a body of ${body.byteLength} bytes that is not`;
      const why = faultOf(error);
      if (!isCut(text)) throw new NotThisFormat(`${found} JSON${why}${excerpt}`);
      throw new MillraceError('HTTP_BODY_INVALID', `${found} whole JSON${why}.`, {
        context: { url: address },
      });
    }
  },
};

/** What the parser says, save what it quotes of the body: a secret there may be cut on both sides. */
export function faultOf(error: unknown): string {
  const said = messageOf(error).replace(/(, )?(\.\.\.)?"[^]*" ?(\.\.\.)? is not valid JSON$/, '');
  return said === '' ? '' : ` (${said})`;
}

/** What stores of files say of everything: whether it is JSON, the body itself shows. */
const UNTYPED = /^\s*(text\/plain|application\/octet-stream|binary\/octet-stream)\s*(;|$)/i;

function refuseType({ place, contentType, excerpt }: HttpAnswer): void {
  if (/\bjson\b/i.test(contentType) || UNTYPED.test(contentType)) return;
  throw new NotThisFormat(`${place} answered with content type '${contentType}' instead of JSON${excerpt}`);
}

/**
 * The body as text. JSON leaves out a letter that was cut at the end: what is cut is not whole JSON either.
 * @throws `NotThisFormat` where it is not in UTF-8
 */
export function textOf({ place, body, excerpt }: HttpAnswer, isCutLetterLeftOut: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: isCutLetterLeftOut });
  } catch {
    throw new NotThisFormat(`${place} sent a body that is not in UTF-8${excerpt}`);
  }
}

/** Does the text begin as an object or a list, and not end as one? */
function isCut(text: string): boolean {
  const trimmed = text.trim();
  const end = { '{': '}', '[': ']' }[trimmed.charAt(0)];
  return end !== undefined && !trimmed.endsWith(end);
}

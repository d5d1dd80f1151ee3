import type { HttpAnswer } from '../../../clients/http.ts';
import { messageOf, MillraceError } from '../../../errors.ts';
import type { Format } from './index.ts';

/** One JSON document in UTF-8 (RFC 8259). */
export const json: Format = {
  accept: 'application/json',
  parse(answer) {
    refuseType(answer);
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body)) as unknown;
    } catch (error) {
      throw new MillraceError(
        'HTTP_BODY_INVALID',
        `${answer.place} sent a body of ${answer.body.byteLength} bytes that is not whole JSON (${messageOf(error)}).`,
        { cause: error, context: { url: answer.address } },
      );
    }
  },
};

function refuseType({ place, address, contentType, excerpt }: HttpAnswer): void {
  if (/\bjson\b/i.test(contentType)) return;
  throw new MillraceError(
    'HTTP_BODY_INVALID',
    `${place} answered with content type '${contentType}' instead of JSON${excerpt}. Check that the url is the API and not a web page.`,
    { context: { url: address, contentType } },
  );
}

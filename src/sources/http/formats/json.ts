import { messageOf, MillraceError } from '../../../errors.ts';
import type { Format } from './format.ts';
import { NotThisFormat } from './not-this-format.ts';
import { refuseType, textOf } from './text.ts';

/** One JSON document in UTF-8 (RFC 8259). */
export const json: Format = {
  accept: 'application/json',
  parse(answer, parseJson) {
    refuseType(answer, /\bjson\b/i, 'JSON');
    // Without the letter that was cut it is not whole JSON either.
    const text = textOf(answer, { cutLetter: 'left out' });
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

/** Does the text begin as an object or a list, and not end as one? */
function isCut(text: string): boolean {
  const trimmed = text.trim();
  const end = { '{': '}', '[': ']' }[trimmed.charAt(0)];
  return end !== undefined && !trimmed.endsWith(end);
}

import type { HttpAnswer } from '../../../clients/http.ts';
import { MillraceError } from '../../../errors.ts';
import type { Format, ParseJson } from './format.ts';
import { faultOf, textOf } from './json.ts';
import { NotThisFormat } from './not-this-format.ts';

/** One JSON value per line, in UTF-8 (NDJSON, JSON Lines): the body itself is the list. */
export const ndjson: Format = {
  isList: true,
  accept: 'application/x-ndjson, application/jsonl, application/json;q=0.5',
  parse(answer, parseJson) {
    refuseType(answer);
    refuseUnknownLength(answer);
    const lines = textOf(answer, false).split('\n');
    const last = lines.findLastIndex((line) => line.trim() !== '');
    return lines.flatMap((line, index) =>
      line.trim() === ''
        ? []
        : [valueOf(answer, line, { number: index + 1, isLast: index === last, parseJson })],
    );
  },
};

/** What programs call it, for want of a registered type; stores of files call everything text. */
const TYPES =
  /\b(x-)?(nd-?json|json-?lines|jsonl|json|json-seq)\b|^\s*(text\/plain|(application|binary)\/octet-stream)/i;

function refuseType({ place, contentType, excerpt }: HttpAnswer): void {
  if (TYPES.test(contentType)) return;
  throw new NotThisFormat(
    `${place} answered with content type '${contentType}' instead of JSON line by line${excerpt}`,
  );
}

/** An answer that ends with its connection may have lost lines: nothing in it says how many there should be. */
function refuseUnknownLength({ place, address, headers }: HttpAnswer): void {
  if ('content-length' in headers || 'transfer-encoding' in headers) return;
  throw new MillraceError(
    'HTTP_BODY_INVALID',
    `${place} sent lines with neither Content-Length nor chunks (Transfer-Encoding): whether all have come cannot be known. Have the API say it, or take another format.`,
    { context: { url: address } },
  );
}

/** Of a line in the middle that is no JSON, another try gives the same; the last one may have been cut. */
function valueOf(
  { place, address, excerpt }: HttpAnswer,
  line: string,
  { number, isLast, parseJson }: { number: number; isLast: boolean; parseJson: ParseJson },
): unknown {
  try {
    return parseJson(line);
  } catch (error) {
    const problem = `${place} sent a line ${number} that is not JSON${faultOf(error)}`;
    if (!isLast || !/^\s*[[{"]/.test(line)) throw new NotThisFormat(`${problem}${excerpt}`);
    throw new MillraceError('HTTP_BODY_INVALID', `${problem}; the body may have been cut there.`, {
      context: { url: address },
    });
  }
}

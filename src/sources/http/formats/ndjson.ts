import type { HttpAnswer } from '../../../clients/http.ts';
import { MillraceError } from '../../../errors.ts';
import type { Format } from './format.ts';
import { faultOf, textOf } from './json.ts';
import { NotThisFormat } from './not-this-format.ts';

/** One JSON value per line, in UTF-8 (NDJSON, JSON Lines): the body itself is the list. */
export const ndjson: Format = {
  isList: true,
  accept: 'application/x-ndjson, application/jsonl, application/json;q=0.5',
  parse(answer) {
    refuseType(answer);
    const lines = textOf(answer).split('\n');
    const last = lines.findLastIndex((line) => line.trim() !== '');
    return lines.flatMap((line, index) =>
      line.trim() === '' ? [] : [valueOf(answer, line, { number: index + 1, isLast: index === last })],
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

/** Of a line in the middle that is no JSON, another try gives the same; the last one may have been cut. */
function valueOf(
  { place, address, excerpt }: HttpAnswer,
  line: string,
  { number, isLast }: { number: number; isLast: boolean },
): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    const problem = `${place} sent a line ${number} that is not JSON${faultOf(error)}`;
    if (!isLast) throw new NotThisFormat(`${problem}${excerpt}`);
    throw new MillraceError('HTTP_BODY_INVALID', `${problem}; the body may have been cut there.`, {
      context: { url: address },
    });
  }
}

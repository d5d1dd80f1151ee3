import type { HttpAnswer } from '../../../clients/http.ts';
import { MillraceError } from '../../../errors.ts';
import type { Format, ParseJson } from './format.ts';
import { faultOf } from './json.ts';
import { NotThisFormat } from './not-this-format.ts';
import { refuseType, refuseUnknownLength, textOf } from './text.ts';

/** One JSON value per line, in UTF-8 (NDJSON, JSON Lines): the body itself is the list. */
export const ndjson: Format = {
  isList: true,
  accept: 'application/x-ndjson, application/jsonl, application/json;q=0.5',
  parse(answer, parseJson) {
    refuseType(answer, TYPES, 'JSON line by line');
    refuseUnknownLength(answer);
    const lines = textOf(answer).split('\n');
    const last = lines.findLastIndex((line) => line.trim() !== '');
    return lines.flatMap((line, index) =>
      line.trim() === ''
        ? []
        : [valueOf(answer, line, { number: index + 1, isLast: index === last, parseJson })],
    );
  },
};

/** What programs call it, for want of a registered type. */
const TYPES = /\b(x-)?(nd-?json|json-?lines|jsonl|json)\b/i;

/** Of a line in the middle that is no JSON, another try gives the same; the last one may have been cut. */
function valueOf(
  answer: HttpAnswer,
  line: string,
  { number, isLast, parseJson }: { number: number; isLast: boolean; parseJson: ParseJson },
): unknown {
  try {
    return parseJson(line);
  } catch (error) {
    const problem = `${answer.place} sent a line ${number} that is not JSON${faultOf(error)}`;
    if (!isLast || !/^\s*[[{"]/.test(line)) throw new NotThisFormat(`${problem}${answer.excerpt}`);
    throw new MillraceError('HTTP_BODY_INVALID', `${problem}; the body may have been cut there.`, {
      context: { url: answer.address },
    });
  }
}

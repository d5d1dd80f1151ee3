import type { HttpAnswer } from '../../clients/http.ts';
import { needExactNumbers } from '../../definition/field-types/index.ts';
import { MillraceError } from '../../errors.ts';
import type { OutsideDeps } from '../../load/deps.ts';
import { isEarly } from '../../load/few-tries.ts';
import type { Ask } from '../../load/source.ts';
import { CutShort, FormatFault, NoList, NotThisFormat } from '../formats/faults.ts';
import { formatOf, type BoundFormat } from '../formats/index.ts';
import type { HttpFacts } from './facts.ts';

/**
 * The records of an answer, batch by batch; in the end the document around them.
 * @param isFirst whether it is the first page: a later one that is an empty object has no records
 * @throws HTTP_BODY_INVALID: retried where the body may have been cut; a few times where it has another format or no list;
 *   not where a part of it is too large to be held · WORKER_TOO_OLD
 */
export async function* recordsIn(
  facts: HttpFacts,
  ask: Ask<OutsideDeps>,
  answer: HttpAnswer,
  isFirst: boolean,
): AsyncGenerator<unknown[], unknown> {
  const format = formatOf(facts.format, 'http.format');
  await refuseType(format, ask, answer);
  if (format.endsAnywhere === true) refuseUnknownLength(answer);
  const wanted = { list: facts.records, isExact: needExactNumbers(ask.definition.fields) };
  try {
    return yield* format.read(answer.body, wanted);
  } catch (error) {
    if (error instanceof NoList && error.isEmpty && !isFirst) return {};
    throw error instanceof FormatFault ? await refusalOf(error, ask, answer) : error;
  }
}

/** What stores of files say of everything: what it is, the body itself shows. */
const UNTYPED = /^\s*(text\/plain|(application|binary)\/octet-stream)\s*(;|$)/i;

async function refuseType(
  { mediaTypes, called }: BoundFormat,
  ask: Ask<OutsideDeps>,
  answer: HttpAnswer,
): Promise<void> {
  const { contentType } = answer;
  if (mediaTypes.test(contentType) || UNTYPED.test(contentType)) return;
  throw await otherFormat(`answered with content type '${contentType}' instead of ${called}`, ask, answer);
}

/** An answer that ends with its connection may have lost lines: nothing in it says how many there should be. */
function refuseUnknownLength({ place, address, headers }: HttpAnswer): void {
  if ('content-length' in headers || 'transfer-encoding' in headers) return;
  throw new MillraceError(
    'HTTP_BODY_INVALID',
    `${place} sent lines with neither Content-Length nor chunks (Transfer-Encoding), so millrace cannot know whether all have arrived. Have the API send one of them, or take another format.`,
    { context: { url: address } },
  );
}

async function refusalOf(
  fault: FormatFault,
  ask: Ask<OutsideDeps>,
  answer: HttpAnswer,
): Promise<MillraceError> {
  // `200 {"error":"busy"}` passes.
  if (fault instanceof NoList)
    return bodyInvalid(
      ask,
      `the answer holds ${fault.message}. Check 'records' in the definition, or what the API sends.`,
      isEarly(ask.tries),
    );
  const { place, address } = answer;
  const said = `sent ${fault.message}`;
  if (fault instanceof NotThisFormat) return otherFormat(said, ask, answer);
  const isCut = fault instanceof CutShort;
  const remedy = isCut ? '' : " Ask for smaller pages, or for shorter intervals with 'every'.";
  return new MillraceError('HTTP_BODY_INVALID', `${place} ${said}.${remedy}`, {
    retryable: isCut,
    context: { url: address },
  });
}

async function otherFormat(
  said: string,
  { tries }: Ask<OutsideDeps>,
  { place, address, contentType, excerpt }: HttpAnswer,
): Promise<MillraceError> {
  return new MillraceError(
    'HTTP_BODY_INVALID',
    `${place} ${said}${await excerpt()}. Check that the url is the API and not a web page, and that it is asked for this format.`,
    { retryable: isEarly(tries), context: { url: address, contentType } },
  );
}

/** An answer that can be read, and that does not say what is needed. */
export function bodyInvalid(
  { definition, load }: Ask<OutsideDeps>,
  problem: string,
  retryable: boolean,
): MillraceError {
  const place = `pull '${definition.name}' ${load.interval.start}`;
  return new MillraceError('HTTP_BODY_INVALID', `${place}: ${problem}`, { retryable });
}

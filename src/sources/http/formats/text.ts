import type { HttpAnswer } from '../../../clients/http.ts';
import { MillraceError } from '../../../errors.ts';
import { NotThisFormat } from './not-this-format.ts';

/** What stores of files say of everything: what it is, the body itself shows. */
const UNTYPED = /^\s*(text\/plain|(application|binary)\/octet-stream)\s*(;|$)/i;

/** @throws `NotThisFormat` where the answer calls itself something else @param instead of what: `JSON` */
export function refuseType(answer: HttpAnswer, types: RegExp, instead: string): void {
  const { place, contentType } = answer;
  if (types.test(contentType) || UNTYPED.test(contentType)) return;
  throw new NotThisFormat(
    `${place} answered with content type '${contentType}' instead of ${instead}${answer.excerpt}`,
  );
}

/**
 * An answer that ends with its connection may have lost lines: nothing in it says how many there should be.
 * @throws HTTP_BODY_INVALID
 */
export function refuseUnknownLength({ place, address, headers }: HttpAnswer): void {
  if ('content-length' in headers || 'transfer-encoding' in headers) return;
  throw new MillraceError(
    'HTTP_BODY_INVALID',
    `${place} sent lines with neither Content-Length nor chunks (Transfer-Encoding), so millrace cannot know whether all have arrived. Have the API send one of them, or take another format.`,
    { context: { url: address } },
  );
}

/**
 * The body as text.
 * @param encoding as the web names it (`latin1`, `utf-16le`); UTF-8 unless told
 * @param cutLetter what becomes of a letter that was cut at the end
 * @param body unless told, that of the answer as it came
 * @throws `NotThisFormat` where it is not in that encoding
 */
export function textOf(
  answer: HttpAnswer,
  {
    encoding = 'utf-8',
    cutLetter = 'refused',
    body = answer.body,
  }: { encoding?: string; cutLetter?: 'refused' | 'left out'; body?: Buffer } = {},
): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body, {
      stream: cutLetter === 'left out',
    });
  } catch {
    throw new NotThisFormat(
      `${answer.place} sent a body that is not in ${encoding.toUpperCase()}${answer.excerpt}`,
    );
  }
}

import { formsOf, MIN_SECRET_LENGTH } from './secret-forms.ts';
import { readingsWithin, type Reading } from './spellings.ts';
import { cutTo } from '../wording.ts';

/** Text in, text out: with `***` in place of each secret. */
export type Redact = (text: string) => string;

/**
 * Makes what hides these secrets in any text from outside, however they are written there: as they are; with the
 * escapes of JSON, URLs, forms and HTML, some of them or all, also within one another; in base64, also as a part of a
 * longer text; read in another coding. Also the beginning of a secret where the text was cut behind it: 3 characters
 * before `…`, 6 at the end of the text.
 *
 * Not found: what the guide lists under "Pulls over HTTP".
 */
export function redactor(secrets: Iterable<string>): Redact {
  const forms = [...new Set([...secrets].flatMap(formsOf))];
  if (forms.length === 0) return (text) => text;
  return (text) => without(forms, text);
}

/** A text whose readings have more letters than that is cut: to look through them all would stop the process. */
const MAX_READ = 2_000_000;

function without(forms: readonly string[], text: string): string {
  const readings = readingsWithin(MAX_READ, text);
  if (readings === undefined) return without(forms, cutTo(Math.ceil(text.length / 4), text));
  return masked(
    text,
    readings.flatMap((reading) => spansIn(reading, forms)),
  );
}

/** Where a secret stands in a text: [from, to). */
type Span = [from: number, to: number];

function spansIn({ text, from, to }: Reading, forms: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (const form of forms) {
    const beginning = form.slice(0, MIN_CUT_LENGTH);
    for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, at + 1)) {
      const length = sharedLength(text, at, form);
      const isThere = length === form.length || isCut(text, at + length, length);
      if (isThere) spans.push([from[at] ?? 0, to[at + length - 1] ?? 0]);
    }
  }
  return spans;
}

/** How many letters of the form stand at that place. */
function sharedLength(text: string, at: number, form: string): number {
  let length = MIN_CUT_LENGTH;
  while (length < form.length && text[at + length] === form[length]) length++;
  return length;
}

/** So few letters say little of a secret, and may stand before `…` by chance. */
const MIN_CUT_LENGTH = 3;

/** What was cut, maybe in the middle of a letter; it may stand in quotes. */
const CUT =
  /^[\x80-\xff\ufffd]?(?:%(?:[\da-f]?|u[\da-f]{0,3})|\\(?:u(?:[\da-f]{0,3}|\{[\da-f]{0,6}))?|&#?[a-z\d]{0,6})?\\?["']?(?<end>$|…|\.\.\.)/i;
/** Longer than all that fits the pattern: the end of the slice is no end of the text. */
const LOOKED_AT = 20;

/** Was the text cut there, behind so many letters of a secret? Every text has an end: there it takes more of them. */
function isCut(text: string, at: number, length: number): boolean {
  const end = CUT.exec(text.slice(at, at + LOOKED_AT))?.groups?.['end'];
  return end !== undefined && (end !== '' || length >= MIN_SECRET_LENGTH);
}

/** Secrets may overlap: what any of them covers is hidden. */
function masked(text: string, spans: Span[]): string {
  let result = '';
  let end = 0;
  for (const [from, to] of spans.sort(([a], [b]) => a - b)) {
    if (from >= end) result += `${text.slice(end, from)}***`;
    end = Math.max(end, to);
  }
  return result + text.slice(end);
}

/** A text with some of its letters read, and where each of them stands in the text as it was given. */
export interface Reading {
  text: string;
  /** Of each letter: where its spelling begins, and where it ends. */
  from: Uint32Array;
  to: Uint32Array;
}

/** JSON in JSON in JSON in JSON is as deep as it gets. */
const MAX_DEPTH = 4;

/**
 * A text as it is, and as it reads once what a format writes in place of letters has been read: `%2F` of URLs, `\"` and
 * `\u00e9` of JSON, `&quot;` of HTML, or one within another.
 *
 * White space, control characters and `+` (a space, in a form) are one space each in all of them; a run of the first
 * two is one, too. A text of several lines reads also as one line, as base64 is written in lines.
 */
export function readingsOf(text: string): Reading[] {
  return readingsWithin(Infinity, text) ?? [];
}

/** The same; undefined where the text and what is read out of it have more letters than that, all together. */
export function readingsWithin(maxLetters: number, text: string): Reading[] | undefined {
  let letters = text.length;
  if (letters > maxLetters) return undefined;
  const readings = new Map([[text, asGiven(text)]]);
  let newest = [...readings.values()];
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const found: Reading[] = [];
    for (const reading of newest) {
      for (const format of FORMATS) {
        const read = rewritten(reading, format);
        if (read === reading) continue;
        letters += read.text.length;
        if (letters > maxLetters) return undefined;
        if (!readings.has(read.text)) found.push(read);
        readings.set(read.text, readings.get(read.text) ?? read);
      }
    }
    newest = found;
  }
  return [...readings.values()]
    .flatMap((reading) => [...new Set([reading, rewritten(reading, LINES)])])
    .map((reading) => rewritten(reading, GAPS));
}

function asGiven(text: string): Reading {
  const from = new Uint32Array(text.length);
  const to = new Uint32Array(text.length);
  for (let index = 0; index < text.length; index++) {
    from[index] = index;
    to[index] = index + 1;
  }
  return { text, from, to };
}

/** How a format writes letters by others, and which they are: never more letters than their spelling has. */
interface Format {
  spelling: RegExp;
  letters: (spelling: string) => string;
}

const GAPS: Format = { spelling: /[\s\p{Cc}]+|\+/gu, letters: () => ' ' };
/** Of a text that may be base64. */
const LINES: Format = { spelling: /(?<=[\w+/-])(?:\r\n?|\n)/g, letters: () => '' };

/** The letters from U+00A0 to U+00FF as HTML calls them. */
const LATIN_1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
const ENTITIES: Record<string, string> = {
  ...{ quot: '"', amp: '&', lt: '<', gt: '>', apos: "'" },
  ...Object.fromEntries(LATIN_1.split(' ').map((name, index) => [name, String.fromCharCode(0xa0 + index)])),
};

const FORMATS: Format[] = [
  {
    // One letter in UTF-8, or one byte that is none; or a letter as escape() of JavaScript writes it.
    spelling:
      /%f[0-7](?:%[89ab][\da-f]){3}|%e[\da-f](?:%[89ab][\da-f]){2}|%[cd][\da-f]%[89ab][\da-f]|%[\da-f]{2}|%u[\da-f]{4}/gi,
    letters: ofPercent,
  },
  {
    spelling: /\\(?:u[\da-f]{4}|u\{0{0,2}(?:10|[\da-f])?[\da-f]{1,4}\}|x[\da-f]{2}|[^ux])/gi,
    letters: (spelling) => ofEscape(spelling.slice(1)),
  },
  {
    spelling: new RegExp(`&(?:#\\d{1,6}|#x[\\da-f]{1,5}|${Object.keys(ENTITIES).join('|')});`, 'gi'),
    letters: (spelling) => ofEntity(spelling.slice(1, -1)),
  },
];

function ofPercent(spelling: string): string {
  const isOneCode = spelling.lastIndexOf('%') === 0;
  return isOneCode
    ? ofCode(spelling.replace(/^%u?/i, ''))
    : Buffer.from(spelling.replaceAll('%', ''), 'hex').toString();
}

/** @param code of a letter of Unicode, or of half of one in UTF-16 */
function ofCode(code: string, base = 16): string {
  return String.fromCodePoint(parseInt(code, base));
}

const CONTROLS: Record<string, string> = { n: '\n', r: '\r', b: ' ', f: ' ', t: ' ', v: ' ', 0: ' ' };

function ofEscape(escape: string): string {
  return escape.length > 1 ? ofCode(escape.replaceAll(/[ux{}]/gi, '')) : (CONTROLS[escape] ?? escape);
}

function ofEntity(name: string): string {
  if (name.startsWith('#')) return /^#x/i.test(name) ? ofCode(name.slice(2)) : ofCode(name.slice(1), 10);
  return ENTITIES[name] ?? ENTITIES[name.toLowerCase()] ?? '';
}

/** The same reading where nothing is spelt so. */
function rewritten(reading: Reading, { spelling, letters }: Format): Reading {
  if (reading.text.search(spelling) < 0) return reading;
  const from = new Uint32Array(reading.text.length);
  const to = new Uint32Array(reading.text.length);
  let end = 0;
  let length = 0;
  const copyTo = (index: number) => {
    for (; end < index; end++, length++) {
      from[length] = reading.from[end] ?? 0;
      to[length] = reading.to[end] ?? 0;
    }
  };
  const text = reading.text.replaceAll(spelling, (found: string, index: number) => {
    copyTo(index);
    end = index + found.length;
    const read = letters(found);
    for (const its = length + read.length; length < its; length++) {
      from[length] = reading.from[index] ?? 0;
      to[length] = reading.to[end - 1] ?? 0;
    }
    return read;
  });
  copyTo(reading.text.length);
  return { text, from: from.subarray(0, length), to: to.subarray(0, length) };
}

/** A text with some of its letters read, and where each of them stands in the text as it was given. */
export interface Reading {
  text: string;
  /** Of each letter: where its spelling begins, and where it ends. */
  from: readonly number[];
  to: readonly number[];
}

/** JSON in JSON in a URL is as deep as it gets. */
const MAX_DEPTH = 3;

/**
 * A text as it is, and as it reads once what a format writes in place of letters has been read: `%2F` of URLs, `\"` and
 * `\u00e9` of JSON, `&quot;` of HTML, or one within another.
 *
 * White space, control characters and `+` (a space, in a form) are one space each in all of them; a run of the first
 * two is one, too.
 */
export function readingsOf(text: string): Reading[] {
  const letters = Array.from({ length: text.length }, (_, index) => index);
  const asGiven: Reading = { text, from: letters, to: letters.map((index) => index + 1) };
  const readings = new Map([[text, asGiven]]);
  let newest = [asGiven];
  for (let depth = 0; depth < MAX_DEPTH && newest.length > 0; depth++) {
    newest = newest
      .flatMap((reading) => FORMATS.map(({ spelling, letter }) => rewritten(reading, spelling, letter)))
      .filter((reading) => !readings.has(reading.text) && readings.set(reading.text, reading));
  }
  return [...readings.values()].map((reading) => rewritten(reading, GAP, () => ' '));
}

const GAP = /[\s\p{Cc}]+|\+/gu;

/** How a format writes a letter by others, and which it is. */
interface Format {
  spelling: RegExp;
  letter: (spelling: string) => string;
}

const FORMATS: Format[] = [
  {
    // One letter in UTF-8, or one byte that is none.
    spelling:
      /%f[0-7](?:%[89ab][\da-f]){3}|%e[\da-f](?:%[89ab][\da-f]){2}|%[cd][\da-f]%[89ab][\da-f]|%[\da-f]{2}/gi,
    letter: (spelling) => ofBytes(Buffer.from(spelling.replaceAll('%', ''), 'hex')),
  },
  { spelling: /\\(?:u[\da-f]{4}|x[\da-f]{2}|[^ux])/gi, letter: (spelling) => ofEscape(spelling.slice(1)) },
  {
    spelling: /&(?:#\d{1,6}|#x[\da-f]{1,5}|quot|amp|lt|gt|apos);/gi,
    letter: (spelling) => ofEntity(spelling.slice(1, -1).toLowerCase()),
  },
];

const CONTROLS = 'bfnrtv0';
const ENTITIES: Record<string, string> = { quot: '"', amp: '&', lt: '<', gt: '>', apos: "'" };

function ofBytes(bytes: Buffer): string {
  return bytes.toString(bytes.length > 1 ? 'utf8' : 'latin1');
}

function ofEscape(escape: string): string {
  if (escape.length > 1) return String.fromCharCode(parseInt(escape.slice(1), 16));
  return CONTROLS.includes(escape) ? ' ' : escape;
}

function ofEntity(name: string): string {
  if (!name.startsWith('#')) return ENTITIES[name] ?? '';
  return String.fromCodePoint(name.startsWith('#x') ? parseInt(name.slice(2), 16) : Number(name.slice(1)));
}

/** The same reading where nothing fits the pattern. */
function rewritten(reading: Reading, pattern: RegExp, write: (found: string) => string): Reading {
  const found = [...reading.text.matchAll(pattern)];
  if (found.length === 0) return reading;
  const parts: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  let end = 0;
  const copyTo = (index: number) => {
    parts.push(reading.text.slice(end, index));
    for (let at = end; at < index; at++) {
      from.push(reading.from[at] ?? 0);
      to.push(reading.to[at] ?? 0);
    }
  };
  for (const { 0: spelling, index } of found) {
    copyTo(index);
    end = index + spelling.length;
    const letters = write(spelling);
    parts.push(letters);
    for (let at = 0; at < letters.length; at++) {
      from.push(reading.from[index] ?? 0);
      to.push(reading.to[end - 1] ?? 0);
    }
  }
  copyTo(reading.text.length);
  return { text: parts.join(''), from, to };
}

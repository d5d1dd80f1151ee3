import { readingsOf } from './spellings.ts';

/**
 * What is shorter is not looked for: it would stand in every other word, and turn messages into asterisks. Nobody can
 * count on so short a secret anyway.
 */
export const MIN_SECRET_LENGTH = 6;

/**
 * The texts of which each, found in a reading of a text, means that a secret is there: the secret, the parts that it
 * has as the value of an Authorization header, and what base64 makes of them.
 */
export function formsOf(secret: string): string[] {
  const forms = partsOf(secret.trim())
    .filter(isLong)
    .flatMap((part) => [...lettersOf(part), ...base64Of(part)])
    .flatMap((form) => readingsOf(form).map(({ text }) => text));
  return [...new Set(forms)].filter(isLong);
}

function isLong(text: string): boolean {
  return text.length >= MIN_SECRET_LENGTH;
}

/** `Basic dXNlcjpwYXNz`: also without its scheme, and the password in it. */
function partsOf(secret: string): string[] {
  const [, scheme, credentials] = /^([\w-]+) +(\S+)$/.exec(secret) ?? [];
  if (scheme === undefined || credentials === undefined) return [secret];
  if (scheme.toLowerCase() !== 'basic') return [secret, credentials];
  const [, password = ''] = /^[^:]*:([^]*)$/.exec(Buffer.from(credentials, 'base64').toString()) ?? [];
  return [secret, credentials, password];
}

/** What becomes of letters that are not ASCII, where one side takes another coding than the other. */
function lettersOf(text: string): string[] {
  const forms = [text, text.replaceAll(/\s/g, '+')];
  if (isAscii(text)) return forms;
  return [
    ...forms,
    text.normalize('NFC'),
    text.normalize('NFD'),
    Buffer.from(text).toString('latin1'),
    ...['\ufffd', '?'].map((letter) => text.replaceAll(NOT_ASCII, letter)),
  ];
}

const NOT_ASCII = /[^\0-\x7f]/gu;

function isAscii(text: string): boolean {
  return text.search(NOT_ASCII) < 0;
}

/**
 * What always stands in the base64 of a longer text that holds this one, such as `user:password`: three forms, as a
 * letter of base64 may begin in the middle of a byte. The letters that it shares with its neighbours are left out: half
 * a byte at each end stays to be seen.
 */
function base64Of(text: string): string[] {
  const isLatin1 = !/[^\0-\xff]/.test(text) && !isAscii(text);
  const codings: BufferEncoding[] = isLatin1 ? ['utf8', 'latin1'] : ['utf8'];
  return codings.flatMap((coding) => {
    const bytes = Buffer.from(text, coding);
    return [0, 1, 2].flatMap((before) => {
      const whole = Buffer.concat([Buffer.alloc(before), bytes]);
      const form = whole
        .toString('base64')
        .slice(Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6));
      return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
    });
  });
}

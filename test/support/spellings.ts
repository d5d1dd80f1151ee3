const base64 = (text: string, coding: BufferEncoding = 'utf8') =>
  Buffer.from(text, coding).toString('base64');
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const lines = (text: string, lineBreak: string) => text.replaceAll(/.{20}(?=.)/g, `$&${lineBreak}`);
const NAMES: Record<string, string> = {
  '&': 'amp',
  '"': 'quot',
  '<': 'lt',
  '>': 'gt',
  é: 'eacute',
  ß: 'szlig',
};

/** How a vendor may write a secret that it was shown, by name: written without any code of millrace. */
export function spellingsOf(secret: string): Record<string, string> {
  const json = JSON.stringify(secret).slice(1, -1);
  return {
    'as it is': secret,
    'in JSON': json,
    'in JSON, ASCII alone': json
      .replaceAll('/', '\\/')
      .replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    'in JSON, with what HTML knows as escapes': json.replaceAll(
      /[<>&'+"]/g,
      (letter) => `\\u00${letter.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
    'in JSON in JSON': JSON.stringify(json).slice(1, -1),
    'in JSON with code points in braces': json.replaceAll(
      /[^ -~]/gu,
      (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`,
    ),
    'in JSON four deep': [1, 2, 3].reduce((text) => JSON.stringify(text).slice(1, -1), json),
    'in a URL': encodeURIComponent(secret),
    'in a URL, in lower case': encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
    'in a URL, every byte': percent(secret),
    'in a URL in a URL': encodeURIComponent(encodeURIComponent(secret)),
    'in the path of a URL': secret.replaceAll(/[^!-~]|["#<>?^`{}]/gu, encodeURIComponent),
    'in the query of a URL': new URL(`http://x/?${secret}`).href.slice('http://x/?'.length),
    'in a URL, as escape() of JavaScript has it': secret.replaceAll(/[^\w@*./-]/g, (unit) => {
      const code = unit.charCodeAt(0).toString(16).toUpperCase();
      return unit > '~' ? `%u${code.padStart(4, '0')}` : `%${code.padStart(2, '0')}`;
    }),
    'in a form': new URLSearchParams({ k: secret }).toString().slice('k='.length),
    'in HTML, with names of letters': secret.replaceAll(/[&"<>éß]/g, (letter) => `&${NAMES[letter]};`),
    'in base64 in lines': lines(base64(secret), '\r\n'),
    'in base64 in lines in JSON': lines(base64(secret), '\\n'),
    'in base64': base64(secret),
    'in base64 for a URL': base64(secret).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
    'in base64 in JSON': base64(secret).replaceAll('/', '\\/'),
    'in base64 as the password of a login': base64(`user:${secret}`),
    'in base64 behind two letters': base64(`??${secret}, it says`),
    'in HTML': secret
      .replaceAll('&', '&amp;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#x27;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll(/[^ -~]/gu, (letter) => `&#${letter.codePointAt(0)};`),
    'read as Latin-1': Buffer.from(secret).toString('latin1'),
  };
}

/** How the tokens of well-known vendors begin, and how long they are; a login in an address; a private key. */
const SHAPES = [
  /\bgh[pousr]_\w{30,}/,
  /\bgithub_pat_\w{22,}/,
  /\bglpat-[\w-]{20,}/,
  /\b[sr]k_(live|test)_\w{16,}/,
  /\bwhsec_\w{24,}/,
  /\bxox[a-z]-[\w-]{10,}/,
  /\bxapp-[\w-]{20,}/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bAIza[\w-]{35}/,
  /\bya29\.[\w-]{20,}/,
  /\bshp(at|ca|pa|ss)_[0-9a-f]{32}/,
  /\bsk-[\w-]{20,}/,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/,
  /\b(npm|hf|ntn|lin_api|dop_v1)_\w{30,}/,
  /\bpat-(na|eu)\d-[0-9a-f-]{30,}/,
  /\bkey-[0-9a-f]{32}\b/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*/,
  /(?<=\/\/)[^\s/@:]+:\S*(?=@)/,
];
const ALL = new RegExp(SHAPES.map(({ source }) => source).join('|'), 'g');

/** Does the text hold what has the shape of a known token? */
export function holdsToken(text: string): boolean {
  return SHAPES.some((shape) => shape.test(text));
}

/** The text with `***` in place of what may be a secret: tokens, logins in addresses, values in a query. */
export function withoutTokens(text: string): string {
  return text
    .replaceAll(ALL, '***')
    .replace(/^[^\s/@:]+:(?!\/\/)\S*(?=@)/, '***')
    .replaceAll(/([?&][^\s=&]+=)[^\s&{}]+/g, '$1***');
}

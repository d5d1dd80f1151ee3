import { describe, expect, it } from 'vitest';
import { redactor } from '../../../src/redaction/index.ts';
import { seeded } from '../../support/seeded.ts';
import { spellingsOf } from '../../support/spellings.ts';

const SECRET = 'canary/with+plus"quote é';

/** What is said, without what stands in the same base64 beside the secret. */
const rest = (said: string) =>
  said.replaceAll(
    /(dXNlcj|Pz)?[\w+/]{0,2}\*{3}([\w+/]{1,3}gaXQgc2F5cw==|[\w+/]{0,2}(LCBpdCBzYXl|wgaXQgc2F5c|sIGl0IHNheX)[\w=]{0,3}|[\w=+/-]{0,3})/g,
    '***',
  );

describe('a secret', () => {
  it.each(Object.entries(spellingsOf(SECRET)))('is hidden %s', (_how, spelling) => {
    expect(rest(redactor([SECRET])(`no such token: ${spelling}, says the API`))).toBe(
      'no such token: ***, says the API',
    );
  });

  it.each(Object.keys(spellingsOf(SECRET)))('is hidden %s where the text was cut in it', (how) => {
    const spelling = spellingsOf(SECRET)[how] ?? '';
    const known = spellingsOf(SECRET.slice(0, 8))[how] ?? '';
    for (let length = known.length; length < spelling.length; length++) {
      for (const cut of ['', '…', "…' received", '...', '"...']) {
        const text = `token ${spelling.slice(0, length)}${cut}`;
        expect(rest(redactor([SECRET])(text)), text).toMatch(/^token \*\*\*.{0,8}/);
        expect(redactor([SECRET])(text).length, text).toBeLessThan('token ***'.length + 32);
      }
    }
  });

  it('leaves no more than two letters before a sign of a cut, and no end of a word is taken for a cut', () => {
    const redact = redactor(['ersatz-42']);
    for (const cut of ['ers', 'ersatz', 'ersatz-4'])
      expect(redact(`'${cut}…' received`)).toBe("'***…' received");
    expect(redact('orders')).toBe('orders');
    expect(redact('orders, ersatz')).toBe('orders, ***');
  });

  it('is hidden where a text of bytes was cut in a letter of it', () => {
    expect(redactor(['canary-é-1234'])(Buffer.from('token canary-é').subarray(0, -1).toString())).toBe(
      'token ***',
    );
  });

  it('is hidden where white space was made one space, or a line break', () => {
    const redact = redactor(['two  words\tand more']);
    for (const text of [
      'two words and more',
      'two\nwords and more',
      'two\\n words\\tand more',
      'two++words%09and+more',
    ])
      expect(redact(`<${text}>`)).toBe('<***>');
  });

  it('is hidden where it stands more than once, and where it touches another', () => {
    expect(redactor(['abcdef', 'defghi'])('abcdef abcdefghi abcdefabcdef')).toBe('*** *** ******');
  });

  it('that holds another is hidden whole', () => {
    for (const secrets of [
      ['secret-1', 'my-secret-123'],
      ['my-secret-123', 'secret-1'],
    ])
      expect(redactor(secrets)('my-secret-123, secret-1')).toBe('***, ***');
  });

  it('of less than 6 characters turns no message into asterisks', () => {
    const text = 'a message about an API and its key';
    expect(redactor(['', ' ', 'a', 'key', '++++++', '      '])(text)).toBe(text);
  });

  it('that is the value of an Authorization header is hidden without its scheme, and so is the password in it', () => {
    const credentials = Buffer.from('team:pass-word').toString('base64');
    const redact = redactor([`Basic ${credentials}`, 'Token token-1234']);
    expect(redact(`${credentials} · pass-word · token-1234`)).toBe('*** · *** · ***');
    expect(redact('Basic login, Token')).toBe('Basic login, Token');
  });

  it('of other letters than ASCII is hidden in any coding', () => {
    const secret = 'пароль-1';
    for (const spelling of Object.values(spellingsOf(secret)))
      expect(rest(redactor([secret])(`<${spelling}>`))).toBe('<***>');
    const latin1 = Buffer.from('ключ é canary', 'latin1').toString('utf8');
    expect(redactor(['é canary'])(latin1)).not.toContain('canary');
    expect(redactor(['canary-é'])('canary-%E9 canary-e\u0301')).toBe('*** ***');
  });
});

it('a text without secrets is given back as it is', () => {
  const text = 'GET https://vendor.example/v1?a=%2F+b \\"x\\" &amp; \r\n tab\t';
  expect(redactor([SECRET])(text)).toBe(text);
  expect(redactor([])(text)).toBe(text);
});

it('what stands around a secret is given back as it is', () => {
  expect(redactor([SECRET])(`{"a":"x\\ty","b":${JSON.stringify(SECRET)}}\n &amp; %2F`)).toBe(
    '{"a":"x\\ty","b":"***"}\n &amp; %2F',
  );
});

/** Letters that formats write in another way, and those that begin their escapes. */
const LETTERS = [...'ab7/+="\'\\ %&;<>?#:@-_.*$|{}()[]^éßжя漢😀u0n'];

it('strange secrets are hidden in each spelling', () => {
  const random = seeded(21);
  const pick = () => LETTERS[Math.floor(random() * LETTERS.length)] ?? '';
  for (let round = 0; round < 400; round++) {
    const secret = `s${Array.from({ length: 6 + Math.floor(random() * 30) }, pick).join('')}e`;
    const redact = redactor([secret]);
    for (const [how, spelling] of Object.entries(spellingsOf(secret))) {
      expect(rest(redact(`(${spelling})`)), `${how}: ${secret} in ${spelling}`).toBe('(***)');
    }
  }
});

it.each([
  ['one letter', 'x'],
  ['words', 'canary birds '],
  ['percent signs', '%25'],
  ['backslashes', '\\'],
  ['ampersands', '&amp;'],
  ['escapes within one another', '%255C\\\\u0026amp;%5C%5C'],
  ['lines', 'canary\n'],
])('a megabyte of %s stops nobody', (_what, part) => {
  const text = part.repeat(1_000_000 / part.length);
  const startedMs = performance.now();
  const said = redactor([SECRET])(`${text} ${SECRET}`);
  expect(performance.now() - startedMs).toBeLessThan(3_000);
  expect(said).not.toContain(SECRET.slice(0, 8));
  expect(said.slice(0, 3_000)).toBe(text.slice(0, 3_000));
});

it('of a text that reads in too many ways, no more is left than can be looked through', () => {
  const text = '%255C\\\\u0026amp;%5C%5C'.repeat(50_000);
  const said = redactor(['canary-1'])(`canary%2D1 ${text}canary%2D1`);
  expect(said).toMatch(/^\*\*\* %255C.*…$/);
  expect(redactor(['canary-1'])('x'.repeat(3_000_000)).length).toBe(750_000);
  expect(said.length).toBeGreaterThan(10_000);
  expect(said.length).toBeLessThan(text.length);
});

it.each([
  ['backslashes', '\\'.repeat(40), '\\'.repeat(4_000)],
  ['percent signs', '%25'.repeat(20), '%25'.repeat(1_300)],
  ['its own beginning', `${'a'.repeat(40)}b`, 'a'.repeat(4_000)],
])('a text of %s takes no longer than another', (_what, secret, text) => {
  const startedMs = performance.now();
  redactor([secret])(text);
  expect(performance.now() - startedMs).toBeLessThan(500);
});

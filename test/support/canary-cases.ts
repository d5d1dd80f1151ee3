import type { Echo } from './echo-vendor.ts';
import { spellingsOf } from './spellings.ts';

/** What the vendor is shown: a letter of each kind that some spelling writes in another way. */
export const SECRET = 'canary/with+plus"quote é';

const AUTH = {
  bearer: "{ bearer: secret('ECHO_TOKEN') }",
  basic: "{ basic: { user: secret('ECHO_TOKEN') } }",
  header: "{ header: { 'X-Api-Key': secret('ECHO_TOKEN') } }",
  query: "{ query: { key: secret('ECHO_TOKEN') } }",
};
export type Way = keyof typeof AUTH;

/** How the vendor is shown it. */
export const WAYS = Object.keys(AUTH) as Way[];

/** An hourly pull that says in this way who it is. */
export const pullBy = (way: Way) => `
import { every, pull, secret, z } from 'millrace';
export const by_${way} = pull('by_${way}', {
  every: every.hour(), time: 'hour', key: ['hour', 'sensor'],
  http: {
    url: '{VENDOR_URL}/v1', query: { from: '{start}' }, auth: ${AUTH[way]},
    records: 'items', pages: { kind: 'cursor', param: 'after', from: 'next' },
  },
  row: z.object({
    hour: z.iso.datetime(), sensor: z.string(),
    a: z.number().nullable(), b: z.number().nullable(), c: z.number().nullable(),
  }),
});
`;

/** One way in which the vendor repeats the secret; each is an interval of its own. */
export interface Case {
  what: string;
  /** What the run ends with; '' for a run that loads. */
  code: string;
  way: Way;
  /** The interval's start. */
  hour: string;
  echo: (hour: string) => Echo;
}

const SPELLINGS = Object.values(spellingsOf(SECRET));
const THREES = Array.from({ length: Math.ceil(SPELLINGS.length / 3) }, (_, index) =>
  SPELLINGS.slice(index * 3, index * 3 + 3),
);
/** A last page. */
export const rows = (...items: object[]): Echo => ({ status: 200, body: JSON.stringify({ items }) });
/** A record of that hour. */
export const row = (hour: string, fields: object) => ({
  hour,
  sensor: 's',
  a: null,
  b: null,
  c: null,
  ...fields,
});
/** A header holds one line of Latin-1. */
const asHeader = (text: string) => text.replaceAll(/[^ -~]/g, '');

type Said = [what: string, code: string, echo: Case['echo']];

const SAID: Said[] = [
  ...THREES.flatMap((three): Said[] => [
    [
      'a refusal',
      'HTTP_REFUSED',
      () => ({
        status: 401,
        body: `no such token: ${three.join(' ')}`,
        headers: { 'x-was': asHeader(three[0] ?? '') },
      }),
    ],
    [
      'an error with an address',
      'HTTP_REFUSED',
      () => ({
        status: 400,
        body: three.map((text) => `cannot GET http://vendor/v1?key=${text}`).join('; '),
      }),
    ],
    [
      'a redirect',
      'HTTP_REFUSED',
      () => ({
        status: 302,
        body: three.join('\n'),
        headers: { location: `/v2?key=${encodeURIComponent(three[0] ?? '')}` },
      }),
    ],
    [
      'a row that does not fit',
      'ROW_INVALID',
      (hour) => rows(row(hour, { a: three[0], b: `${'-'.repeat(60)}${three[1]}`, c: three[2] })),
    ],
  ]),
  [
    'a page in place of JSON',
    'HTTP_BODY_INVALID',
    () => ({ status: 200, body: SECRET, type: `text/html; was=${encodeURIComponent(SECRET)}` }),
  ],
  ['what is no JSON', 'HTTP_BODY_INVALID', () => ({ status: 200, body: SECRET })],
  ['cut JSON that passes', '', () => ({ status: 200, body: `{"items": [], "error": ${SECRET}` })],
  [
    'no list',
    'HTTP_BODY_INVALID',
    () => ({ status: 200, body: JSON.stringify({ items: `${'-'.repeat(60)}${SECRET}` }) }),
  ],
  [
    'keys of an object without a list',
    'HTTP_BODY_INVALID',
    () => ({ status: 200, body: JSON.stringify({ [SECRET]: 1 }) }),
  ],
  [
    'a key that stands twice',
    'LOAD_KEY_INVALID',
    (hour) => rows(row(hour, { sensor: SECRET }), row(hour, { sensor: SECRET })),
  ],
  ['a row of another hour', 'LOAD_ROW_OUTSIDE', () => rows(row('2026-01-01T00:00:00Z', { sensor: SECRET }))],
  [
    'a cursor',
    'HTTP_BODY_INVALID',
    (hour) => ({ status: 200, body: JSON.stringify({ items: [row(hour, {})], next: SECRET }) }),
  ],
  [
    'a cursor in base64',
    'HTTP_BODY_INVALID',
    (hour) => ({ status: 200, body: JSON.stringify({ items: [row(hour, {})], next: SPELLINGS.at(-4) }) }),
  ],
  [
    'an error that passes',
    '',
    () => ({ status: 503, body: `{"error":"Bearer ${SECRET} has no quota left"}` }),
  ],
  ['a row', '', (hour) => rows(row(hour, { sensor: SECRET }))],
];

/** Each is the interval of an hour of its own. */
export const CASES = SAID.map(([what, code, echo], index): Case => {
  const hour = new Date(Date.UTC(2026, 0, 5, index)).toISOString().replace('.000Z', 'Z');
  return { what, code, echo, way: WAYS[index % WAYS.length] ?? 'bearer', hour };
});

/** The first case of that name. */
export function caseOf(what: string): Case {
  const found = CASES.find((one) => one.what === what);
  if (found === undefined) throw new Error(`there is no case '${what}'`);
  return found;
}

import type { Field, StreamDefinition } from '../../src/definition/definition.ts';
import { CLICKS } from './clicks.ts';
import { seeded } from './seeded.ts';

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  name,
  type,
  nullable: true,
  optional: true,
  ...more,
});

/** A stream with a field of every type. */
export const EVERY_TYPE: StreamDefinition = {
  ...CLICKS,
  name: 'every_type',
  fields: [
    field('id', 'text', { nullable: false, optional: false }),
    field('at', 'timestamp', { nullable: false, optional: false, offset: true }),
    field('page', 'text'),
    field('kind', 'text', { values: ['a', 'ü', '"'] }),
    field('count', 'integer'),
    field('ms', 'number'),
    field('yes', 'boolean'),
    field('then', 'timestamp'),
    field('day', 'date'),
    field('constructor', 'text'),
    field('big', 'bigint'),
    field('cost', 'decimal', { precision: 38, scale: 10 }),
    field('raw', 'json'),
    field('secs', 'unix'),
    field('clock', 'local', { zone: 'Europe/Berlin', at: 'wall.clock' }),
  ],
  id: 'id',
  time: 'at',
};

/**
 * Events as producers send them, good ones and strange ones: JSON text that is put together by hand, so that numbers,
 * escapes, repeated keys and bytes are spelt in every way that JSON allows, and in some that it does not.
 */
export function strangeEvents(count: number, seed: number): Buffer[] {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const digits = (length: number) => Array.from({ length }, () => Math.floor(random() * 10)).join('');

  const LONG = digits(1_200);
  const mostly = <T>(usual: readonly T[], odd: readonly T[]): T => pick(random() < 0.98 ? usual : odd);
  const instant = () => {
    const year = mostly(['2026', '1000', '9999', '1969', '2024'], ['0999', '26', '12026']);
    const day = mostly(['01', '28', '29', '30'], ['31', '00', '32']);
    const seconds = mostly([':00', ':59', ''], [':60', ':5']);
    const fraction =
      seconds === '' ? '' : mostly(['', `.${digits(1 + Math.floor(random() * 14))}`], ['.', ',5']);
    const time = `${mostly(['00', '05', '23'], ['24', '7'])}:${mostly(['00', '59'], ['60'])}${seconds}${fraction}`;
    const zone = mostly(['Z', '+02:00', '-11:30', '+23:59'], ['+0200', '+24:00', 'z', '', 'Europe/Berlin']);
    return `${year}-${mostly(['01', '06', '12'], ['02', '13'])}-${day}${mostly(['T'], [' ', 't'])}${time}${zone}`;
  };
  const plainInstant = () => new Date(Math.floor(random() * 4e12)).toISOString();
  const number = () =>
    pick([
      ...[
        '0',
        '-0',
        '1',
        '1.0',
        '1e3',
        '1E+3',
        '-1e-3',
        '0.1',
        '1e400',
        '-1e400',
        '1e-400',
        '01',
        '+1',
        '.5',
        '5.',
      ],
      ...[
        '9007199254740991',
        '9007199254740992',
        '9223372036854775807',
        '9223372036854775808',
        'NaN',
        'Infinity',
      ],
      ...[
        digits(400),
        `0.${LONG.slice(0, 400)}`,
        `1${digits(1_200)}`,
        String(random()),
        String(Math.floor(random() * 1e9)),
      ],
    ]);
  const text = () =>
    pick([
      ...[
        '""',
        '"NA"',
        '"null"',
        '"ü€😀"',
        '"\\ud83d\\ude00"',
        '"\\ud800"',
        '"\\udc00x"',
        '"\\u0000"',
        '"\\u001f"',
      ],
      ...[
        '"\\""',
        '"\\\\"',
        '"\\/"',
        '"\\n\\t"',
        '"\u2028"',
        '"\ufeff"',
        '"\u007f"',
        '"a"',
        '"\\u00fc"',
        '"\\""',
        '"\\x"',
      ],
      ...[`"${LONG.slice(0, Math.floor(random() * 1_200))}"`, `"${digits(6)}"`],
    ]);
  const nested = () =>
    pick([
      ...['[]', '{}', '[1,2]', '["a","b"]', '{"a":{"b":[]}}', `${'['.repeat(70)}${']'.repeat(70)}`, '[null]'],
      `${'{"a":'.repeat(30)}1${'}'.repeat(30)}`,
    ]);
  const bool = () => pick(['true', 'false', '"true"', '1', 'True']);
  const broken = () => pick(['"\\x"', '"\t"', "'a'", '"']);
  const anything = () => pick([text, number, bool, nested, broken, () => 'null', () => `"${instant()}"`])();

  const good: Record<string, () => string> = {
    id: () => `"${digits(8)}"`,
    at: () => `"${random() < 0.5 ? plainInstant() : instant()}"`,
    page: text,
    kind: () => pick(['"a"', '"\\u0061"', '"ü"', '"\\""']),
    count: () =>
      pick([
        '0',
        '-0',
        '1e3',
        '1.0',
        '9007199254740991',
        '-9007199254740991',
        String(Math.floor(random() * 1e9)),
      ]),
    ms: () =>
      pick(['0', '-0', '0.1', '1e300', '-1e-300', '1e-400', String(random()), `0.${LONG.slice(0, 400)}`]),
    yes: () => pick(['true', 'false']),
    then: () => `"${plainInstant()}"`,
    day: () => pick(['"2026-01-31"', '"1000-01-01"', '"9999-12-31"']),
    constructor: text,
    big: () => pick(['0', '-0', '9223372036854775807', '"-9223372036854775808"', '9007199254740993', '1e3']),
    cost: () => pick(['0.1', '"-12.30"', '1234567890123456789.0123456789', '1e-10', '-0.0']),
    raw: () => pick(['[1, {"a": 12345678901234567890}]', '{"b":[]}', '"\\ud800"', '1.0', 'false', '[null]']),
    secs: () => pick(['0', '1767596400', '"1767596400.5"', '-1', '-0.25']),
    wall: () =>
      `{"clock":"2026-0${1 + Math.floor(random() * 9)}-2${Math.floor(random() * 9)} 0${Math.floor(random() * 9)}:30"}`,
  };
  const strange = (name: string) => pick([anything, text, number, () => 'null', good[name] ?? anything])();

  return Array.from({ length: count }, () => {
    const share = random() < 0.7 ? 0 : 0.2;
    const parts = Object.keys(good)
      .filter((name) => name === 'id' || name === 'at' || random() < 0.8)
      .map((name) => [name, random() < share ? strange(name) : (good[name] ?? anything)()] as const);
    if (random() < 0.3)
      parts.splice(Math.floor(random() * parts.length), 0, [pick(['NA', 'more', 'ts', '']), anything()]);
    if (random() < 0.1) parts.push(pick(parts));
    if (random() < 0.1) parts.sort(() => random() - 0.5);
    const space = () => pick(['', '', '', ' ', '\n', '\t']);
    const json = `{${parts.map(([name, value]) => `${space()}"${name}"${space()}:${space()}${value}`).join(',')}}`;
    const bytes = Buffer.from(
      mostly([json, `${json} `, `\n${json}`], [`\ufeff${json}`, json.slice(0, -1), `${json}${json}`]),
    );
    if (random() < 0.02) bytes[Math.floor(random() * bytes.length)] = 0x80 + Math.floor(random() * 128);
    return bytes;
  });
}

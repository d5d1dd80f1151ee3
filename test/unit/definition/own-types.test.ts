import { describe, expect, test } from 'vitest';
import { at, stream, t, z } from '../../../src/index.ts';
import type { Field } from '../../../src/definition/definition.ts';
import { exactText, parseExactly } from '../../../src/definition/exact-json.ts';
import { needExactNumbers } from '../../../src/definition/field-types/index.ts';
import { storedRow } from '../../../src/definition/row.ts';
import { compileValidator } from '../../../src/definition/validator.ts';
import { fieldsOf } from '../../../src/define/fields.ts';

/** The field of a schema; its mistakes are thrown. */
function fieldOf(type: z.ZodType, name = 'x'): Field {
  const [field] = fieldsOf(z.object({ [name]: type }), 'row', (path, text) => {
    throw new Error(`${path}: ${text}`);
  });
  if (field === undefined) throw new Error('no field');
  return field;
}

/** What MariaDB is given for `x` of this JSON, or what is wrong with it. */
function kept(type: z.ZodType, json: string): unknown {
  const fields = [fieldOf(type)];
  const parse = needExactNumbers(fields) ? parseExactly : JSON.parse;
  const judged = compileValidator(fields)(parse(`{"x":${json}}`));
  return judged.ok ? storedRow(fields, judged.value)[0] : judged.problems[0];
}

describe('a decimal', () => {
  test.each([
    ['12.3', '12.30'],
    ['"12.30"', '12.30'],
    ['-0.5', '-0.50'],
    ['-0.00', '0.00'],
    ['0', '0.00'],
    ['"+7"', '7.00'],
    ['".5"', '0.50'],
    ['1e3', '1000.00'],
    ['"1.2E-1"', '0.12'],
    ['9999999999.99', '9999999999.99'],
    ['"0000000000001.10"', '1.10'],
  ])('of twelve digits keeps %s as %s', (json, expected) => {
    expect(kept(t.decimal(12, 2), json)).toBe(expected);
  });

  test.each([
    '12.345',
    '1e10',
    '"12,30"',
    '"€ 3"',
    '""',
    'true',
    '"1.2.3"',
    '"-"',
    '"."',
    '1e400',
    '"1e-101"',
  ])('refuses %s rather than round it', (json) => {
    const limits = 'expected a number of at most 10 digits and 2 behind the point';
    expect(kept(t.decimal(12, 2), json)).toMatch(`received, ${limits}`);
  });

  test('keeps 38 digits, from a number as from a text', () => {
    const digits = '-1234567890123456789012345678.0123456789';
    expect(kept(t.decimal(38, 10), digits)).toBe(digits);
    expect(kept(t.decimal(38, 10), `"${digits}"`)).toBe(digits);
    expect(kept(t.decimal(38, 0), `${'9'.repeat(38)}`)).toBe('9'.repeat(38));
  });

  test.each<[number, number, string]>([
    [0, 0, 't.decimal(0, 0)'],
    [66, 2, 't.decimal(66, 2)'],
    [4, 5, 't.decimal(4, 5)'],
    [50, 39, 't.decimal(50, 39)'],
    [1.5, 0, 't.decimal(1.5, 0)'],
  ])('of %d digits, %d behind the point, is refused', (precision, scale, call) => {
    expect(() => fieldOf(t.decimal(precision, scale))).toThrow(`row.x: ${call}: give all digits, 1 to 65`);
  });
});

describe('a bigint', () => {
  test.each([
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['"9007199254740993"', '9007199254740993'],
    ['12', '12'],
    ['12.0', '12'],
    ['1e3', '1000'],
    ['"007"', '7'],
  ])('keeps %s as %s', (json, expected) => {
    expect(kept(t.bigint(), json)).toBe(expected);
  });

  test.each(['9223372036854775808', '-9223372036854775809', '1.5', '"0x1f"', 'null', '1e30'])(
    'refuses %s',
    (json) => {
      const received = `x: ${json.replaceAll('"', "'")} received, expected a whole number from -2^63 to 2^63-1`;
      expect(kept(t.bigint(), json)).toBe(received.replace('1e30', '1e+30'));
    },
  );
});

test('a number beside an exact one is read as JavaScript reads it', () => {
  const row = z.object({ id: t.bigint(), score: z.number(), at: z.int() });
  const fields = fieldsOf(row, 'row', () => undefined);
  const judged = compileValidator(fields)(
    parseExactly('{"id":9223372036854775807,"score":0.1234567890123456789,"at":9007199254740993}'),
  );
  expect(judged).toEqual({
    ok: false,
    problems: ['at: 9007199254740992 received, expected a whole number'],
  });
});

describe('JSON', () => {
  test.each([
    ['[1, "a", null]', '[1,"a",null]'],
    ['{"b": {"a": 12345678901234567890}, "z": 1.0}', '{"b":{"a":12345678901234567890},"z":1}'],
    ['"é😀"', '"é😀"'],
    ['false', 'false'],
    ['1e400', '1e400'],
  ])('keeps %s', (json, expected) => {
    expect(kept(t.json(), json)).toBe(expected);
  });

  test('that is null is no value', () => {
    expect(kept(t.json().nullable(), 'null')).toBe(null);
    expect(kept(t.json(), 'null')).toBe('x: null received, expected JSON');
  });
});

describe('a Unix time', () => {
  test.each([
    ['1769835600', '2026-01-31 05:00:00.000'],
    ['"1769835600"', '2026-01-31 05:00:00.000'],
    ['1769835600.5', '2026-01-31 05:00:00.500'],
    ['"1355517523.000005"', '2012-12-14 20:38:43.000'],
    ['-1', '1969-12-31 23:59:59.000'],
    ['-0.25', '1969-12-31 23:59:59.750'],
    ['0', '1970-01-01 00:00:00.000'],
  ])('in seconds keeps %s as %s', (json, expected) => {
    expect(kept(t.unix(), json)).toBe(expected);
  });

  test.each([
    ['1769835600123', '2026-01-31 05:00:00.123'],
    ['5', '1970-01-01 00:00:00.005'],
    ['-1', '1969-12-31 23:59:59.999'],
    ['"1769835600000.456"', '2026-01-31 05:00:00.000'],
  ])('in milliseconds keeps %s as %s', (json, expected) => {
    expect(kept(t.unixMs(), json)).toBe(expected);
  });

  test('keeps microseconds where it is told to', () => {
    expect(kept(t.unix({ precision: 6 }), '"1355517523.000005"')).toBe('2012-12-14 20:38:43.000005');
    expect(kept(t.unixMs({ precision: 6 }), '1355517523000.005')).toBe('2012-12-14 20:38:43.000005');
  });

  test.each(['"2026-01-31T05:00:00Z"', '1e20', '""', 'true', '253402300800'])('refuses %s', (json) => {
    expect(kept(t.unix(), json)).toMatch(/received, expected a Unix time in seconds$/);
  });
});

describe('a local time of Berlin', () => {
  const berlin = t.local('Europe/Berlin', { precision: 6 });
  test.each([
    ['in winter', '2026-01-31T05:00:00', '2026-01-31 04:00:00.000000'],
    ['in summer', '2026-07-31 05:00', '2026-07-31 03:00:00.000000'],
    ['with microseconds', '2026-07-31 05:00:01.000005', '2026-07-31 03:00:01.000005'],
    ['with a comma', '2026-07-31 05:00:01,5', '2026-07-31 03:00:01.500000'],
    ['a date, the beginning of the day', '2026-07-31', '2026-07-30 22:00:00.000000'],
    ['just before the clock skips an hour', '2026-03-29T01:59:59', '2026-03-29 00:59:59.000000'],
    ['skipped: as much later', '2026-03-29T02:30:00', '2026-03-29 01:30:00.000000'],
    ['just after', '2026-03-29T03:00:00', '2026-03-29 01:00:00.000000'],
    ['shown twice: the first', '2026-10-25T02:30:00', '2026-10-25 00:30:00.000000'],
    ['after the hour that is shown twice', '2026-10-25T03:00:00', '2026-10-25 02:00:00.000000'],
  ])('%s', (_what, text, expected) => {
    expect(kept(berlin, `"${text}"`)).toBe(expected);
  });

  test.each(['2026-02-31', '2026-01-31T24:00:00', '2026-01-31T05:00:00Z', '05:00', '', '0999-01-01'])(
    'is not %s',
    (text) => {
      expect(kept(berlin, `"${text}"`)).toMatch(/expected a time of Europe\/Berlin such as/);
    },
  );

  test('of a day that begins at one, because midnight is skipped', () => {
    expect(kept(t.local('America/Santiago'), '"2026-09-06"')).toBe('2026-09-06 04:00:00.000');
  });

  test('of a zone that is none is refused', () => {
    expect(() => fieldOf(t.local('CET'))).toThrow(
      "row.x: t.local('CET'): no such time zone; use an IANA name",
    );
  });
});

describe('a timestamp', () => {
  const offset = z.iso.datetime({ offset: true });
  test.each([
    ['2026-01-31T05:00:00+0000', '2026-01-31 05:00:00.000'],
    ['2026-01-31T05:00:00.123-0130', '2026-01-31 06:30:00.123'],
    ['2026-01-31T05:00:00+02', '2026-01-31 03:00:00.000'],
    ['2026-01-31T05:00:00.000+05:45', '2026-01-30 23:15:00.000'],
    ['2026-01-31T05:00:00Z', '2026-01-31 05:00:00.000'],
  ])('with an offset, %s', (text, expected) => {
    expect(kept(offset, `"${text}"`)).toBe(expected);
  });

  test.each(['2026-01-31T05:00:00', '2026-01-31', '2026-01-31T05:00:00+2500', '2026-01-31T05:00:00+00000'])(
    'with an offset is not %s',
    (text) => {
      expect(kept(offset, `"${text}"`)).toMatch(/expected a timestamp/);
    },
  );

  test('keeps microseconds where it is told to, and cuts what is finer', () => {
    const micros = z.iso.datetime({ precision: 6 });
    expect(kept(micros, '"2026-01-31T05:00:00.123456789Z"')).toBe('2026-01-31 05:00:00.123456');
    expect(kept(micros, '"2026-01-31T05:00:00Z"')).toBe('2026-01-31 05:00:00.000000');
    expect(kept(z.iso.datetime(), '"2026-01-31T05:00:00.123999Z"')).toBe('2026-01-31 05:00:00.123');
    expect(() => fieldOf(z.iso.datetime({ precision: 3 }))).toThrow('precision: 3 is not kept; write 6');
  });
});

describe('at', () => {
  const row = z.object({
    id: z.int(),
    author: at('user.login', z.string()),
    email: at('billing.email', z.string().nullable()),
    sku: at('lines.0.sku', z.string()).optional(),
    head: at('Artikel-Nr.', t.decimal(4, 1)),
  });
  const fields = fieldsOf(row, 'row', (path, text) => {
    throw new Error(`${path}: ${text}`);
  });
  const validate = compileValidator(fields);

  test('takes values from where they stand', () => {
    const record = { id: 1, user: { login: 'ada' }, billing: { email: null }, 'Artikel-Nr.': '12.5' };
    expect(validate({ ...record, lines: [{ sku: 'a' }] })).toEqual({
      ok: true,
      value: { id: 1, author: 'ada', email: null, sku: 'a', head: '12.5' },
    });
    expect(validate(record)).toMatchObject({ ok: true, value: { author: 'ada' } });
  });

  test('names the place of what does not fit', () => {
    expect(validate({ id: 1, user: { login: 3 }, billing: 'none', 'Artikel-Nr.': 'x' })).toEqual({
      ok: false,
      problems: [
        "author (at 'user.login'): 3 received, expected a text",
        "email (at 'billing.email'): missing, expected a text or null",
        "head (at 'Artikel-Nr.'): 'x' received, expected a number of at most 3 digits and 1 behind the point",
      ],
    });
  });

  test.each<[string, () => z.ZodType, string]>([
    ['no place', () => at('', z.string()), "at('', …) names no place"],
    ['a number', () => at(3 as never, z.string()), 'at(3, …) names no place'],
    ['two places', () => at('a', at('b', z.string()).nullable()), 'has two at(); write one'],
  ])('with %s is refused', (_what, type, expected) => {
    expect(() => fieldOf(type())).toThrow(expected);
  });

  test('is a fact of its own, and absent where a field stands under its name', () => {
    expect(fields[1]).toEqual({
      name: 'author',
      nullable: false,
      optional: false,
      type: 'text',
      at: 'user.login',
    });
    expect(fieldOf(z.string())).not.toHaveProperty('at');
  });

  test('reads no property that every object has', () => {
    expect(kept(at('constructor.name', z.string()), '1')).toBe(
      "x (at 'constructor.name'): missing, expected a text",
    );
  });
});

describe('texts alone, as in CSV', () => {
  const row = z.object({
    n: z.int(),
    f: z.number().nullable(),
    b: z.boolean(),
    s: z.string(),
    o: z.string().nullable(),
    j: t.json().optional(),
    d: z.iso.date(),
  });
  const fields = fieldsOf(row, 'row', () => undefined);
  const validate = compileValidator(fields, { isText: true, nulls: ['NA', '-'] });

  test('mean what the type of their field says', () => {
    const record = { n: '12', f: '-1.5e3', b: 'TRUE', s: '12', o: 'x', j: '{"a": 1}', d: '2026-01-31' };
    expect(validate(record)).toEqual({
      ok: true,
      value: { n: 12, f: -1500, b: true, s: '12', o: 'x', j: '{"a":1}', d: '2026-01-31' },
    });
  });

  test('lack a value where the heading is not there: that is no value that is missing', () => {
    expect(validate({ n: '12', b: 'TRUE', s: '12', o: 'x', d: '2026-01-31' })).toEqual({
      ok: false,
      problems: ['f: missing, expected a number or null'],
    });
  });

  test('are null where they are a name for it, or nothing at all', () => {
    const record = { n: '1', f: 'NA', b: '0', s: null, o: null, j: '-', d: '2026-01-31' };
    expect(validate(record)).toEqual({
      ok: true,
      value: { n: 1, f: null, b: false, s: '', o: null, d: '2026-01-31' },
    });
  });

  test('that mean nothing in their type are refused as they stand', () => {
    const record = { n: '1.5', f: 'x', b: 'yes', s: '', o: '', j: '{', d: null };
    expect(validate(record)).toEqual({
      ok: false,
      problems: [
        "n: '1.5' received, expected a whole number",
        "f: 'x' received, expected a number or null",
        "b: 'yes' received, expected true or false",
        "d: '' received, expected a date such as '2026-01-31'",
      ],
    });
  });
});

test('a name for a missing value counts in JSON as well', () => {
  const fields = fieldsOf(z.object({ f: z.number().nullable(), n: z.int() }), 'row', () => undefined);
  const validate = compileValidator(fields, { nulls: ['NA'] });
  expect(validate({ f: 'NA', n: 1 })).toEqual({ ok: true, value: { f: null, n: 1 } });
  expect(validate({ f: 1, n: 'NA' })).toEqual({
    ok: false,
    problems: ['n: null received, expected a whole number'],
  });
});

test('JSON without a long number is read by JSON.parse, and every other number as its text', () => {
  expect(parseExactly('{"a":1.10,"b":"1234567890123456789"}')).toEqual({ a: 1.1, b: '1234567890123456789' });
  const exact = parseExactly('[12345678901234567890,0.30000000000000004,{"a":1,"a":2}]');
  expect(exactText(exact)).toBe('[12345678901234567890,0.30000000000000004,{"a":2}]');
  expect(() => parseExactly('[12345678901234567890')).toThrow(SyntaxError);
});

test.each([
  '12345678901234567',
  '-0.12345678901234567',
  '[-12345678901234567]',
  '[1,12345678901234567]',
  '{"a":12345678901234567}',
  '{"a": \n\t12345678901234567 }',
  '[1e400]',
  '[ 1.5e+400]',
  '{"a":-1e-300}',
])('the long number in %j is read as its text, wherever it stands', (text) => {
  expect(exactText(parseExactly(text))).toBe(text.replaceAll(/\s/g, ''));
});

test('a stream may have a bigint as its id and a Unix time as its time', () => {
  const { problems } = stream('taps', {
    event: z.object({
      id: at('meta.id', t.bigint()),
      at: t.unixMs(),
      cost: t.decimal(38, 10),
      raw: t.json(),
    }),
    id: 'id',
    time: 'at',
  });
  expect(problems).toEqual([]);
});

import { expect, test } from 'vitest';
import { stream, z } from '../../../src/index.ts';
import type { Declared } from '../../../src/define/declared.ts';

const STREAM = { event: z.object({ id: z.string(), at: z.iso.datetime() }), id: 'id', time: 'at' };

/** Options that the compiler would refuse too, as a file that nobody type-checked holds them. */
const unchecked = (options: object) => options as never;
const streamOf = (options: object) => stream('s', unchecked({ ...STREAM, ...options }));
const eventOf = (field: unknown) =>
  streamOf({ event: z.object({ ...STREAM.event.shape, x: field as z.ZodString }) });

const REFUSED: [Declared, string][] = [
  [
    streamOf({ event: { id: 'string' } }),
    'event: an object is not a zod schema; give z.object({ id: z.string(), at: z.iso.datetime() }).',
  ],
  [streamOf({ event: z.string() }), 'event: z.string() is not an object; write z.object({ … }).'],
  [
    streamOf({ event: z.strictObject(STREAM.event.shape) }),
    'event: is strict, loose or has a catch-all; write z.object({ … }).',
  ],
  [
    streamOf({ event: STREAM.event.refine(() => true) }),
    'event: has a refine, which is code; leave it out and filter in SQL.',
  ],
  [
    eventOf(z.string().refine(() => true)),
    'event.x: a refine is code, and a schema is data; leave it out and filter in SQL.',
  ],
  [
    eventOf(z.string().transform(Number)),
    'event.x: z.pipe() has no column type; a transform is code, and a schema is data; leave it out and convert in SQL.',
  ],
  [eventOf(z.string().trim()), 'event.x: trim and the like change values; leave it out and convert in SQL.'],
  [eventOf(z.coerce.number()), 'event.x: z.coerce would guess; write the type that the source really sends.'],
  [
    eventOf(z.string().default('')),
    'event.x: z.default() has no column type; a default would invent values; use .nullable() or .optional().',
  ],
  [
    eventOf(z.object({})),
    "event.x: z.object() has no column type; columns are flat; take inner values out with at('user.login', …), or keep all of it with t.json().",
  ],
  [
    eventOf(z.array(z.string())),
    'event.x: z.array() has no column type; columns are flat; keep the list with t.json(), or leave it out.',
  ],
  [
    eventOf(z.union([z.string(), z.number()])),
    'event.x: z.union() has no column type; a column has one type; choose one.',
  ],
  [eventOf(z.literal('a')), 'event.x: z.literal() has no column type; use z.enum([…]).'],
  [eventOf(z.email()), 'event.x: z.email() has no column type; use z.string(), with .regex() if need be.'],
  [
    eventOf(z.int32()),
    'event.x: z.int32() has no column type; use z.number(), or z.int() with .min() and .max().',
  ],
  [
    eventOf(z.any()),
    "event.x: z.any() has no column type; the types are z.string(), z.enum(), z.int(), z.number(), z.boolean(), z.iso.datetime(), z.iso.date(), t.decimal(12, 2), t.bigint(), t.json(), t.unix(), t.unixMs() and t.local('Europe/Berlin').",
  ],
  [
    eventOf(z.number().multipleOf(2)),
    "event.x: the check 'multiple of' is not kept; use .min(), .max(), .gt(), .lt() or .regex(), or leave it out.",
  ],
  [eventOf(z.string().regex(/a/i)), "event.x: the flags of /a/i are not kept; write it without 'i'."],
  [
    eventOf(z.iso.datetime({ local: true })),
    'event.x: local: true allows times without a zone, which name no instant; leave it out.',
  ],
  [
    streamOf({ event: z.object({ ...STREAM.event.shape, __time: z.string() }) }),
    "event.__time: '__time' cannot name a column; use letters, digits and '_', at most 63, a letter first.",
  ],
  [
    streamOf({ event: z.object({ ...STREAM.event.shape, AT: z.string() }) }),
    "event.AT: 'AT' and 'at' are one column to MariaDB; rename one of them.",
  ],
  [
    streamOf({ event: z.object({ ...STREAM.event.shape, constructor: z.string() }) }),
    "event.constructor: 'constructor' means something to every JavaScript object; use another name.",
  ],
];

test.each(REFUSED.map(([declared, message]) => [message, declared] as const))('%s', (message, declared) => {
  expect(declared.problems.map(({ path, text }) => `${path}: ${text}`)).toContain(message);
  expect(declared.definition).toBeUndefined();
});

test('bounds, patterns and lists of a schema arrive in the plain JSON', () => {
  expect(
    streamOf({
      event: z.object({
        ...STREAM.event.shape,
        code: z
          .string()
          .min(2)
          .max(4)
          .regex(/^[A-Z]+$/)
          .nullable(),
        kind: z.enum(['a', 'b']).optional(),
        count: z.number().int().gt(0).max(9),
        seen: z.iso.datetime({ offset: true }).nullish(),
      }),
    }).definition,
  ).toEqual({
    kind: 'stream',
    name: 's',
    id: 'id',
    time: 'at',
    dedupeMs: 3_600_000,
    partitions: 4,
    version: 1,
    fields: [
      { name: 'id', type: 'text', nullable: false, optional: false },
      { name: 'at', type: 'timestamp', nullable: false, optional: false },
      { name: 'code', type: 'text', nullable: true, optional: false, min: 2, max: 4, pattern: '^[A-Z]+$' },
      { name: 'kind', type: 'text', nullable: false, optional: true, values: ['a', 'b'] },
      { name: 'count', type: 'integer', nullable: false, optional: false, exclusiveMin: 0, max: 9 },
      { name: 'seen', type: 'timestamp', nullable: true, optional: true, offset: true },
    ],
  });
});

import { expect, test } from 'vitest';
import { renderSql } from '../../../src/definition/render.ts';

const read = (name: string) => `"dev_${name}_v1"`;
const BOUNDS = { column: '__time', start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' };

test('references become names and the interval becomes its bounds in UTC', () => {
  const parts = ['SELECT 1 FROM ', { read: 'departures' }, ' WHERE ', { interval: true } as const, ' AND x'];
  expect(renderSql(parts, { read, interval: BOUNDS })).toBe(
    `SELECT 1 FROM "dev_departures_v1" WHERE (__time >= TIMESTAMP '2026-01-01 00:00:00' AND __time < TIMESTAMP '2026-01-01 01:00:00') AND x`,
  );
});

test('text that looks like a reference stays text', () => {
  expect(renderSql(["SELECT '${interval}', '$1', '$&'"], { read })).toBe("SELECT '${interval}', '$1', '$&'");
});

test('an interval that is asked for and not given is an error', () => {
  expect(() => renderSql([{ interval: true }], { read })).toThrow(
    expect.objectContaining({ code: 'SQL_INVALID' }),
  );
});

test("bounds that are not an interval's are refused, so nothing can be smuggled into the SQL", () => {
  const interval = { ...BOUNDS, start: "2026-01-01T00:00:00Z' OR 1=1 --" };
  expect(() => renderSql([{ interval: true }], { read, interval })).toThrow(
    expect.objectContaining({ code: 'INTERVAL_INVALID' }),
  );
});

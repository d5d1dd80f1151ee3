import { afterEach, describe, expect, test } from 'vitest';
import type { ObservationsPage } from '../../../../../examples/flights/vendor/observations-page.ts';
import { startVendor, type Vendor } from '../../../../../examples/flights/vendor/server.ts';

const TOKEN = 'a-token';
const NOW_MS = Date.parse('2026-01-07T12:30:00Z');
const DAY = { from: '2026-01-06T00:00:00Z', to: '2026-01-07T00:00:00Z' };

let vendor: Vendor | undefined;
afterEach(async () => {
  await vendor?.close();
  vendor = undefined;
});

async function start(changes: { pageSize?: number; hasControl?: boolean; now?: () => number } = {}) {
  vendor = await startVendor({
    token: TOKEN,
    port: 0,
    host: '127.0.0.1',
    pageSize: 100,
    hasControl: true,
    now: () => NOW_MS,
    ...changes,
  });
  return vendor;
}

function get(query: Record<string, string>, token = TOKEN): Promise<Response> {
  return fetch(`${vendor?.url}/v1/observations?${new URLSearchParams(query).toString()}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
}

async function getPage(query: Record<string, string>): Promise<ObservationsPage> {
  const response = await get(query);
  expect(response.status).toBe(200);
  return (await response.json()) as ObservationsPage;
}

function setFault(fault: Record<string, unknown>): Promise<Response> {
  return fetch(`${vendor?.url}/control`, { method: 'POST', body: JSON.stringify(fault) });
}

describe('the pages of the weather service', () => {
  test.each([1, 7, 24, 72, 100])(
    'pages of %i rows together are the whole day, each row once',
    async (pageSize) => {
      await start({ pageSize: 10_000 });
      const whole = await getPage(DAY);
      expect(whole.next).toBeNull();
      expect(whole.items).toHaveLength(72);
      await vendor?.close();

      await start({ pageSize });
      const items = [];
      let after: string | null = '';
      for (let pages = 0; after !== null && pages < 100; pages++) {
        const page: ObservationsPage = await getPage({ ...DAY, ...(after === '' ? {} : { after }) });
        expect(page.items.length).toBeLessThanOrEqual(pageSize);
        items.push(...page.items);
        after = page.next;
      }
      expect(after).toBeNull();
      expect(items).toEqual(whole.items);
    },
  );

  test('a row is in metric units and stands in its hour', async () => {
    await start();
    const { items } = await getPage({ from: '2013-06-10T00:00:00Z', to: '2013-06-10T01:00:00Z' });
    // Source: 75.02 °F, 3.4523 mph, 0 in.
    expect(items[0]).toEqual({
      origin: 'EWR',
      hour: '2013-06-10T00:00:00Z',
      windKph: 5.6,
      rainMm: 0,
      temperatureC: 23.9,
    });
    expect(items.map(({ origin }) => origin)).toEqual(['EWR', 'JFK', 'LGA']);
  });

  test('five weeks hold the gaps of the source: two rows less, one wind unknown', async () => {
    await start({ pageSize: 10_000 });
    const { items } = await getPage({ from: '2025-11-01T00:00:00Z', to: '2025-12-06T00:00:00Z' });
    expect(items).toHaveLength(5 * 7 * 24 * 3 - 2);
    expect(items.filter(({ windKph }) => windKph === null)).toHaveLength(1);
  });

  test('an hour is served from the instant at which it has passed', async () => {
    let nowMs = Date.parse('2026-01-07T12:59:59.999Z');
    await start({ now: () => nowMs });
    const query = { from: '2026-01-07T12:00:00Z', to: '2026-01-07T14:00:00Z' };
    expect((await getPage(query)).items).toEqual([]);
    nowMs += 1;
    expect((await getPage(query)).items.map(({ hour }) => hour)).toEqual(
      Array(3).fill('2026-01-07T12:00:00Z'),
    );
  });
});

describe('what the weather service refuses', () => {
  test('a request without the token, or with another, gets 401 and a reason', async () => {
    await start();
    const without = await fetch(`${vendor?.url}/v1/observations?${new URLSearchParams(DAY).toString()}`);
    for (const response of [without, await get(DAY, 'another')]) {
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual({
        error: { status: 401, message: 'The bearer token is missing or wrong.' },
      });
    }
  });

  test.each([
    ['no bounds', {}, /at from/],
    ['a date without a time', { ...DAY, from: '2026-01-06' }, /at from/],
    ['an end before the start', { from: DAY.to, to: DAY.from }, /must be later than from/],
    ['an unknown parameter', { ...DAY, page: '2' }, /page/],
    ['a cursor of its own making', { ...DAY, after: 'abc' }, /not a cursor/],
  ])('%s gets 400 and a reason', async (_case, query: Record<string, string>, reason) => {
    await start();
    const response = await get(query);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: { message: string } }).error.message).toMatch(reason);
  });

  test('an unknown path gets 404, the health check needs no token', async () => {
    await start();
    expect((await fetch(`${vendor?.url}/v2/observations`)).status).toBe(404);
    expect((await fetch(`${vendor?.url}/health`)).status).toBe(200);
  });
});

describe('the faults of the weather service', () => {
  test.each([
    ['500', 500, 'application/json'],
    ['401', 401, 'application/json'],
    ['html', 200, 'text/html; charset=utf-8'],
    ['empty', 200, 'application/json'],
  ])(
    'fault %s comes as often as it was ordered, then the service is well again',
    async (fault, status, type) => {
      await start();
      const well = await getPage(DAY);
      await setFault({ fault, times: 2 });
      for (const _request of [1, 2]) {
        const response = await get(DAY);
        expect(response.status).toBe(status);
        expect(response.headers.get('content-type')).toBe(type);
        expect(await response.text()).not.toContain('windKph');
      }
      expect(await getPage(DAY)).toEqual(well);
    },
  );

  test('a cut page breaks off before the length that it promised', async () => {
    await start();
    await setFault({ fault: 'cut' });
    const response = await get(DAY);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect((await getPage(DAY)).items).toHaveLength(72);
  });

  test('a slow answer is right, and late by what was ordered', async () => {
    await start();
    await setFault({ fault: 'slow', delayMs: 200 });
    const startedMs = performance.now();
    expect((await getPage(DAY)).items).toHaveLength(72);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(190);
  });

  test('the control tells what is left and how many requests came', async () => {
    await start();
    await setFault({ fault: '500', times: 3 });
    await get(DAY);
    const control = await fetch(`${vendor?.url}/control`);
    expect(await control.json()).toEqual({ fault: '500', timesLeft: 2, requests: 1 });
    await setFault({ fault: '500', times: 0 });
    expect((await get(DAY)).status).toBe(200);
  });

  test('an unknown fault is refused with 400, and without --control there is no control', async () => {
    await start();
    expect((await setFault({ fault: 'flood' })).status).toBe(400);
    await vendor?.close();
    await start({ hasControl: false });
    expect((await setFault({ fault: '500' })).status).toBe(404);
    expect((await get(DAY)).status).toBe(200);
  });
});

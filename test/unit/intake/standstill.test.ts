import { expect, test } from 'vitest';
import { standstill } from '../../../src/intake/standstill.ts';
import { CLICKS } from '../../support/clicks.ts';
import { intakeOf, type Moment } from '../../support/intake-of.ts';

const behind = (to: number): Moment => ({ parts: [{ written: 9n, from: 0, to }] });
const never = () => new AbortController().signal;
const LIMIT = { timeout: 15_000 };

test.concurrent('a wait that is over within a second costs no look', async () => {
  const { deps, looks } = intakeOf([behind(4)]);
  const wait = new AbortController();
  setTimeout(() => wait.abort(), 900);
  await expect(standstill(deps, CLICKS, wait.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(looks()).toBe(0);
});

test.concurrent('a wait that is over ends the looks', async () => {
  const { deps, looks } = intakeOf([behind(4)]);
  const wait = new AbortController();
  setTimeout(() => wait.abort(), 1_100);
  await expect(standstill(deps, CLICKS, wait.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(looks()).toBe(1);
});

test.concurrent(
  'what holds Druid up is known before one try of a load has waited for 5 s',
  LIMIT,
  async () => {
    const startMs = Date.now();
    const heldUp = await standstill(intakeOf([behind(4)]).deps, CLICKS, never());
    expect(heldUp).toEqual([expect.objectContaining({ kind: 'stands', partition: 0, at: 4n })]);
    expect(Date.now() - startMs).toBeLessThan(5_000);
  },
);

test.concurrent('nothing holds a Druid up that reads on, or has read everything', LIMIT, async () => {
  expect(await standstill(intakeOf([behind(4), behind(5)]).deps, CLICKS, never())).toEqual([]);
  expect(await standstill(intakeOf([behind(9)]).deps, CLICKS, never())).toEqual([]);
});

import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { deferred } from '../../../src/deferred.ts';
import { patience, type Progress } from '../../../src/load/patience.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const SHORT = { firstPauseMs: 1 };

/** Runs an activity. `said`: the details of its heartbeats. */
function running<T>(activity: () => Promise<T>) {
  const environment = new MockActivityEnvironment();
  const said: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => said.push(details));
  return { said, result: environment.run(activity), cancel: () => environment.cancel() };
}

test('a wait looks again until there is what it waits for, and says meanwhile what is missing', async () => {
  const looks: Progress<number>[] = [{ missing: 'two' }, { missing: 'one' }, { reached: 7 }];
  const { said, result } = running(() =>
    patience(SHORT)('RUN_NOT_DONE', async () => looks.shift() ?? { reached: 0 }),
  );
  expect(await result).toBe(7);
  expect(said).toEqual(['two', 'one']);
});

test('all waits of one try share its patience of 5 s, and the one that is left fails with what is missing', async () => {
  const started = Date.now();
  const { result } = running(async () => {
    const until = patience(SHORT);
    const looked = (missing: string, doneMs: number) => async () => {
      vi.setSystemTime(Date.now() + 1_000);
      return Date.now() - started >= doneMs ? { reached: true } : { missing };
    };
    await until('STREAM_NOT_DRAINED', looked('the first', 4_000));
    await until('STREAM_NOT_DRAINED', looked('the second', 60_000));
  });
  await expect(result).rejects.toMatchObject({ code: 'STREAM_NOT_DRAINED', message: 'the second' });
  expect(Date.now() - started).toBe(6_000);
});

const NEVER: Progress<true> = { missing: 'all' };

test('as soon as it is known why a wait lasts, it says that, too', async () => {
  const reason = deferred<string>();
  const looks: (() => Progress<true>)[] = [
    () => NEVER,
    () => (reason.resolve('Nobody works.'), NEVER),
    () => ({ reached: true }),
  ];
  const look = async () => {
    const progress = looks.shift()?.() ?? NEVER;
    await new Promise(setImmediate);
    return progress;
  };
  const { said, result } = running(() => patience(SHORT)('RUN_NOT_DONE', look, () => reason.promise));
  await result;
  expect(said).toEqual(['all', 'all Nobody works.']);
});

test('who runs out of patience hears out why, though the waits before had taken all of it', async () => {
  const reason = deferred<string>();
  const { result } = running(async () => {
    const until = patience(SHORT);
    vi.setSystemTime(Date.now() + 6_000);
    await until(
      'RUN_NOT_DONE',
      async () => (setImmediate(() => reason.resolve('Nobody works.')), NEVER),
      () => reason.promise,
    );
  });
  await expect(result).rejects.toMatchObject({ code: 'RUN_NOT_DONE', message: 'all Nobody works.' });
});

test('where it cannot be found out why, a wait fails with what is missing', async () => {
  const { result } = running(async () => {
    const until = patience(SHORT);
    vi.setSystemTime(Date.now() + 6_000);
    await until(
      'RUN_NOT_DONE',
      async () => NEVER,
      () => Promise.reject(new Error('Kafka is away')),
    );
  });
  await expect(result).rejects.toMatchObject({ code: 'RUN_NOT_DONE', message: 'all' });
});

test('nobody is asked why once the wait is over', async () => {
  let asked: AbortSignal | undefined;
  const why = (signal: AbortSignal) => ((asked = signal), deferred<never>().promise);
  const { result } = running(() => patience(SHORT)('RUN_NOT_DONE', async () => ({ reached: true }), why));
  await result;
  expect(asked?.aborted).toBe(true);
});

test('a cancel ends a wait that hears out why', async () => {
  const why = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  const { said, result, cancel } = running(async () => {
    const until = patience(SHORT);
    vi.setSystemTime(Date.now() + 6_000);
    await until('RUN_NOT_DONE', async () => NEVER, why);
  });
  setImmediate(cancel);
  await expect(result).rejects.toMatchObject({ name: 'CancelledFailure' });
  expect(said).toEqual([]);
});

test('a cancel ends a wait at once', async () => {
  const { result, cancel } = running(() =>
    patience({ firstPauseMs: 60_000 })('RUN_NOT_DONE', async () => ({ missing: 'all' })),
  );
  setImmediate(cancel);
  await expect(result).rejects.toMatchObject({ name: 'AbortError' });
});

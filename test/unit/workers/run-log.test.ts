import { expect, it, vi } from 'vitest';
import { startWriting } from '../../../src/workers/run-log.ts';

/** A log of runs whose writing ends as it is told to, one after the other. */
function writing(...ends: (number | Error)[]) {
  const said: string[] = [];
  const flush = vi.fn(async () => {
    const end = ends.shift() ?? 0;
    if (end instanceof Error) throw end;
    return end;
  });
  const log = {
    warn: (fields: object, text: string) => void said.push(`${text} ${JSON.stringify(fields)}`),
    info: (_fields: object, text: string) => void said.push(text),
  };
  return { said, flush, started: startWriting({ flush }, log) };
}

it('a store that cannot take the log of runs is said once, and so is its end', async () => {
  const { said, flush, started } = writing(new Error('away'), new Error('away'));
  await vi.waitFor(() => expect(flush.mock.calls.length).toBeGreaterThan(2), { timeout: 4_000 });
  await started.stop();
  expect(said).toEqual([
    'the log of runs cannot be written; loads go on {"error":"away"}',
    'the log of runs is written again',
  ]);
});

it('lines that are lost are counted in the log of the worker', async () => {
  const { said, started } = writing(3);
  await started.stop();
  expect(said).toEqual(['lines of the log of runs are lost {"dropped":3}']);
});

it('what is left is written when it stops', async () => {
  const { flush, started } = writing();
  await vi.waitFor(() => expect(flush).toHaveBeenCalledTimes(1));
  await started.stop();
  expect(flush).toHaveBeenCalledTimes(2);
});

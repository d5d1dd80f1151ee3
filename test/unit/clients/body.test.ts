import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { bodyOf, received, TooLarge, type Body } from '../../../src/clients/body.ts';

const MIB = 1024 * 1024;

/** So many bytes, in parts of an odd size. */
async function* parts(bytes: number): AsyncGenerator<Buffer> {
  const size = 300_001;
  for (let at = 0; at < bytes; at += size) {
    const part = Buffer.alloc(Math.min(size, bytes - at));
    for (let index = 0; index < part.length; index += 97) part[index] = (at + index) % 251;
    yield part;
  }
}

async function whole(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const read: Buffer[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read);
}

const filesOfOurs = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('millrace-body-'));

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['nothing', 0, true],
  ['4 MiB', 4 * MIB, true],
  ['more than that', 9 * MIB + 5, false],
])('%s is as it came, as often as it is read', async (_what, bytes, isHeld) => {
  const body: Body = await received(parts(bytes), 10 * MIB);
  expect([body.bytes, body.inMemory !== undefined]).toEqual([bytes, isHeld]);
  const sent = await whole(parts(bytes));
  for (let time = 0; time < 2; time++) expect((await whole(body.chunks())).equals(sent)).toBe(true);
  expect(await filesOfOurs()).toEqual([]);
  await body.close();
});

test('a reading that is broken off does not disturb another', async () => {
  const body = await received(parts(9 * MIB), 10 * MIB);
  for await (const chunk of body.chunks()) {
    expect(chunk.byteLength).toBeGreaterThan(0);
    break;
  }
  const other = body.chunks()[Symbol.asyncIterator]();
  await other.next();
  expect((await whole(body.chunks())).byteLength).toBe(9 * MIB);
  await other.return?.();
  expect((await whole(body.chunks())).byteLength).toBe(9 * MIB);
  await body.close();
});

test('what is longer than it may be is given up there', async () => {
  let taken = 0;
  const counted = async function* () {
    for await (const part of parts(90 * MIB)) {
      taken += part.byteLength;
      yield part;
    }
  };
  await expect(received(counted(), 10 * MIB)).rejects.toThrow(TooLarge);
  expect(taken).toBeLessThan(11 * MIB);
});

test('a folder that cannot be written is named, and the load is tried again', async () => {
  vi.stubEnv('TMPDIR', '/nowhere/at/all');
  await expect(received(parts(5 * MIB), 10 * MIB)).rejects.toMatchObject({
    code: 'TEMPORARY_FILE_FAILED',
    retryable: true,
    message: expect.stringContaining('in a file in /nowhere/at/all: ') as string,
  });
  await expect(received(parts(10), 10 * MIB)).resolves.toMatchObject({ bytes: 10 });
});

test('of a body that is in memory there is nothing to free', async () => {
  const body = bodyOf(Buffer.from('x'));
  await body.close();
  expect(String(await whole(body.chunks()))).toBe('x');
});

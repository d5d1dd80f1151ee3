import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { expanded } from '../../../src/clients/expand.ts';

const TEXT = Buffer.from('{"items":[1,2,3]}'.repeat(100));
/** The body, as it comes in parts of seven bytes. */
async function whole(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  const parts = async function* () {
    for (let at = 0; at < body.length; at += 7) yield body.subarray(at, at + 7);
  };
  const made: Buffer[] = [];
  for await (const chunk of expanded(parts(), encoding)) made.push(chunk);
  return Buffer.concat(made);
}

test.each<[encoding: string | undefined, body: Buffer]>([
  [undefined, TEXT],
  ['', TEXT],
  ['identity', TEXT],
  ['gzip', gzipSync(TEXT)],
  ['GZIP', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['deflate', deflateRawSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
])('a body that came as %s is as it was', async (encoding, body) => {
  expect((await whole(body, encoding)).equals(TEXT)).toBe(true);
});

test('an answer without a body may say how it is encoded', async () => {
  expect(await whole(Buffer.alloc(0), 'gzip')).toHaveLength(0);
});

test.each<[encoding: string, body: Buffer]>([
  ['gzip', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
])('a part of a body in %s is none, wherever it was cut', async (encoding, body) => {
  for (let length = 1; length < body.length; length++) {
    await expect(whole(body.subarray(0, length), encoding)).rejects.toThrow(
      `its ${encoding} ends too early or is damaged`,
    );
  }
});

test('an encoding that nobody asked for is named', async () => {
  await expect(whole(TEXT, 'zstd')).rejects.toThrow("it is encoded as 'zstd', which nobody asked for");
});

test('a body that ends before it is whole fails as it does, not as a damaged one', async () => {
  const cut = async function* () {
    yield gzipSync(TEXT).subarray(0, 20);
    throw new Error('aborted');
  };
  const read = async () => {
    for await (const chunk of expanded(cut(), 'gzip')) expect(chunk.byteLength).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toThrow('aborted');
});

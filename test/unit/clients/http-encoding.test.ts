import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { expanded, TooLarge } from '../../../src/clients/http-encoding.ts';

const TEXT = Buffer.from('{"items":[1,2,3]}'.repeat(100));
const MAX = 100_000;

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
  expect((await expanded(body, encoding, MAX)).equals(TEXT)).toBe(true);
});

test('an answer without a body may say how it is encoded', async () => {
  expect(await expanded(Buffer.alloc(0), 'gzip', MAX)).toHaveLength(0);
});

test.each<[encoding: string, body: Buffer]>([
  ['gzip', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
])('a part of a body in %s is none, wherever it was cut', async (encoding, body) => {
  for (let length = 1; length < body.length; length++) {
    await expect(expanded(body.subarray(0, length), encoding, MAX)).rejects.toThrow(
      `its ${encoding} ends too early or is damaged`,
    );
  }
});

test('an encoding that nobody asked for is named', async () => {
  await expect(expanded(TEXT, 'zstd', MAX)).rejects.toThrow(
    "it is encoded as 'zstd', which nobody asked for",
  );
});

test('a body that expands beyond what is held is given up there', async () => {
  await expect(expanded(gzipSync(Buffer.alloc(1_000_000)), 'gzip', MAX)).rejects.toThrow(TooLarge);
});

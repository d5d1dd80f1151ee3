import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { through } from './through.ts';

/** What a request says that it takes. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** The size of the parts that zlib gives. */
const PARTS = { chunkSize: 64 * 1024 };

/** RFC 9110 §8.4.1. What is called deflate comes with the header of zlib, as it should, or without. */
const ENCODINGS: Readonly<Record<string, (first: Buffer) => Transform>> = {
  gzip: () => createGunzip(PARTS),
  'x-gzip': () => createGunzip(PARTS),
  br: () => createBrotliDecompress(PARTS),
  deflate: (first) => ((first[0] ?? 0) % 16 === 8 ? createInflate(PARTS) : createInflateRaw(PARTS)),
};

/** Compressed bytes that cannot be expanded to their end. The message says what is wrong: `its gzip …`. */
export class Damaged extends Error {
  /** They are good as far as they go. */
  readonly isCut: boolean;

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    const code: unknown = cause instanceof Error && Reflect.get(cause, 'code');
    this.isCut = code === 'Z_BUF_ERROR';
  }
}

/**
 * A body as it was before it was compressed, part by part. axios' own way takes the beginning of a compressed body for the
 * whole.
 *
 * @param encoding as the header Content-Encoding has it; undefined: it comes as it is
 * @throws Damaged · what `chunks` throws
 */
export function expanded(chunks: AsyncIterable<Buffer>, encoding: string | undefined): AsyncIterable<Buffer> {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  // The last one was applied last.
  return names.reduceRight<AsyncIterable<Buffer>>(expandedFrom, chunks);
}

async function* expandedFrom(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const parts = chunks[Symbol.asyncIterator]();
  const begun = await parts.next();
  // An answer without a body (204) may bear the header, too.
  if (begun.done === true) return;
  const first = begun.value;
  const expand = Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
  if (expand === undefined) {
    await parts.return?.();
    throw new Damaged(`it is encoded as '${name.slice(0, 40)}', which nobody asked for`);
  }
  yield* through<Buffer, Buffer>(
    startingWith(first, parts),
    expand(first),
    (error) => new Damaged(`its ${name} ends too early or is damaged`, error),
  );
}

async function* startingWith(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield first;
    for (let part = await rest.next(); part.done !== true; part = await rest.next()) yield part.value;
  } finally {
    await rest.return?.();
  }
}

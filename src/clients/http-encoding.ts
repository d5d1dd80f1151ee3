import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** What a request says that it takes. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

type Expand = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const deflated = promisify(inflate) as Expand;
const bare = promisify(inflateRaw) as Expand;

/** RFC 9110 §8.4.1. What is called deflate comes with the header of zlib, as it should, or without. */
const ENCODINGS: Readonly<Record<string, Expand>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  deflate: (body, options) => ((body[0] ?? 0) % 16 === 8 ? deflated : bare)(body, options),
  identity: async (body) => body,
};

/** A body is more than is held, once it is expanded. */
export class TooLarge extends Error {}

/**
 * The body of an answer as it was before it was compressed for the way. axios' own way takes the beginning of a compressed
 * body for the whole.
 *
 * @param encoding the header Content-Encoding; undefined: it came as it is
 * @throws TooLarge · an Error that says what is wrong with it
 */
export async function expanded(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  let whole = body;
  // The last one was applied last. An answer without a body (204) may bear the header, too.
  for (const name of names.filter((one) => one !== '' && body.length > 0).reverse()) {
    const expand = Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
    if (expand === undefined)
      throw new Error(`it is encoded as '${name.slice(0, 40)}', which nobody asked for`);
    try {
      whole = await expand(whole, { maxOutputLength: maxBytes });
    } catch (error) {
      const code: unknown = error instanceof Error && Reflect.get(error, 'code');
      if (code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge();
      throw new Error(`its ${name} ends too early or is damaged`, { cause: error });
    }
  }
  return whole;
}

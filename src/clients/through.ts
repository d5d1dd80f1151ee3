import { pipeline, Readable, type Transform } from 'node:stream';

/**
 * What a stream makes of parts that come one after the other.
 *
 * @param toFault makes of the stream's own failure the one that is thrown; a failure of the parts stays as it is
 */
export async function* through<Part, Made>(
  parts: AsyncIterable<Part>,
  stream: Transform,
  toFault: (error: unknown) => Error,
): AsyncGenerator<Made> {
  let failure: { error: unknown } | undefined;
  // By hand: where the stream fails, it throws its own error into whatever gives it the parts.
  const watched = async function* () {
    const iterator = parts[Symbol.asyncIterator]();
    const next = () =>
      iterator.next().catch((error: unknown) => {
        failure = { error };
        throw error;
      });
    try {
      for (let part = await next(); part.done !== true; part = await next()) yield part.value;
    } finally {
      await iterator.return?.();
    }
  };
  try {
    // Its failure is thrown by the reading.
    yield* pipeline(Readable.from(watched()), stream, () => undefined) as AsyncIterable<Made>;
  } catch (error) {
    throw failure === undefined ? toFault(error) : failure.error;
  }
}

import { pipeline, Readable, type Transform } from 'node:stream';

/**
 * What a stream makes of parts that come one after the other.
 *
 * @param faultOf makes of the stream's own failure the one that is thrown; a failure of the parts stays as it is
 */
export async function* through<Part, Made>(
  parts: AsyncIterable<Part>,
  stream: Transform,
  faultOf: (error: unknown) => Error,
): AsyncGenerator<Made> {
  let failure: { of: unknown } | undefined;
  const watched = async function* () {
    try {
      yield* parts;
    } catch (error) {
      failure = { of: error };
      throw error;
    }
  };
  try {
    // Its failure is thrown by the reading.
    yield* pipeline(Readable.from(watched()), stream, () => undefined) as AsyncIterable<Made>;
  } catch (error) {
    throw failure === undefined ? faultOf(error) : failure.of;
  }
}

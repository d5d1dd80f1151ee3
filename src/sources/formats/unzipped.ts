import type { Body } from '../../clients/body.ts';
import { Damaged, expanded } from '../../clients/expand.ts';
import { CutShort, NotThisFormat, TooLargeToHold } from './faults.ts';

/** As much as is read of a file that is compressed: a few kilobytes may hold more than a disk. */
const MAX_EXPANDED_BYTES = 4 * 1024 ** 3;

/**
 * What a file holds that is compressed with gzip; it is expanded anew each time it is read.
 * Its reading throws `CutShort` · `NotThisFormat` · `TooLargeToHold` beyond 4 GiB
 */
export function unzipped(body: Body): Pick<Body, 'chunks'> {
  return {
    async *chunks() {
      let bytes = 0;
      try {
        for await (const chunk of expanded(body.chunks(), 'gzip')) {
          bytes += chunk.byteLength;
          if (bytes > MAX_EXPANDED_BYTES)
            throw new TooLargeToHold(
              `a compressed file that holds more than ${MAX_EXPANDED_BYTES / 1024 ** 3} GiB`,
            );
          yield chunk;
        }
      } catch (error) {
        if (!(error instanceof Damaged)) throw error;
        throw error.isCut
          ? new CutShort('a compressed file that is not whole')
          : new NotThisFormat('a file that is not compressed with gzip');
      }
    },
  };
}

import type { RecordHeaders } from '../../clients/kafka/port.ts';

/** What a record costs beside its key, value and headers: lengths, offset, timestamp. */
const OVERHEAD_BYTES = 64;
const LENGTHS_OF_A_HEADER_BYTES = 6;

/** The bytes of a record on the wire, rather too many than too few. Texts count in UTF-8, not in characters. */
export function bytesOf(record: {
  key: Buffer | string | null;
  value: Buffer | string | null;
  headers?: RecordHeaders | undefined;
}): number {
  let bytes = OVERHEAD_BYTES + lengthOf(record.key) + lengthOf(record.value);
  for (const name in record.headers) {
    bytes += LENGTHS_OF_A_HEADER_BYTES + lengthOf(name) + lengthOf(record.headers[name]);
  }
  return bytes;
}

function lengthOf(part: RecordHeaders[string] | null): number {
  if (part === null || part === undefined) return 0;
  if (Array.isArray(part)) return part.reduce((bytes, one) => bytes + lengthOf(one), 0);
  return typeof part === 'string' ? Buffer.byteLength(part) : part.length;
}

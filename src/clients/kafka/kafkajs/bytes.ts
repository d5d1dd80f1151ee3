/*
 * Kafka's own encoding, as far as the requests need it that kafkajs lacks. Layouts of requests and answers stand in
 * `clients/src/main/resources/common/message/` of apache/kafka.
 */

/** The end of every structure of a "flexible" version: no tagged fields. */
export const NO_TAGS = Buffer.from([0]);
export const UUID_BYTES = 16;

export function int8(value: number): Buffer {
  return Buffer.from([value]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A text of a flexible version. */
export function flexibleText(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length + 1), bytes]);
}

/** A list of a flexible version. */
export function flexibleList(items: readonly Buffer[]): Buffer {
  return Buffer.concat([varint(items.length + 1), ...items]);
}

/** A text, or a list, of a flexible version begins with its length plus one. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** Walks through an answer of a flexible version. */
export interface Reader {
  skip(bytes: number): void;
  int16(): number;
  /** Of a text or a list; -1 for none. */
  length(): number;
  skipText(): void;
  skipTags(): void;
  hex(bytes: number): string;
}

export function readerOf(answer: Buffer): Reader {
  let at = 0;
  const varintHere = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = answer.readUInt8(at++);
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
  };
  const reader: Reader = {
    skip: (bytes) => void (at += bytes),
    int16() {
      at += 2;
      return answer.readInt16BE(at - 2);
    },
    length: () => varintHere() - 1,
    skipText: () => reader.skip(Math.max(reader.length(), 0)),
    skipTags() {
      for (let left = varintHere(); left > 0; left--) {
        varintHere();
        reader.skip(varintHere());
      }
    },
    hex(bytes) {
      at += bytes;
      return answer.toString('hex', at - bytes, at);
    },
  };
  return reader;
}
